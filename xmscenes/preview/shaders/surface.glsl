// Colour and alpha of a surface, shared by the G-buffer and by transparent surfaces.
in vec3 v_position;
in vec3 v_normal;
in vec2 v_uv;
in vec4 v_color;
uniform vec4 u_base;
uniform vec3 u_emissive;
uniform float u_cutoff;
uniform float u_roughness;
uniform int u_kind;
uniform float u_metallic;
uniform float u_normal_scale;
uniform int u_has;           // bit 0 texture, 1 normals, 2 emissive texture, 3 surface texture, 4 normal texture
uniform sampler2D u_texture;
uniform sampler2D u_emissive_texture;
uniform sampler2D u_surface_texture;
uniform sampler2D u_normal_texture;

vec4 surface_color() {
    vec4 c = u_base * v_color;
    if ((u_has & 1) != 0) c *= texture(u_texture, v_uv);
    return c;
}

vec3 surface_normal() {
    vec3 flat_normal = cross(dFdx(v_position), dFdy(v_position));
    vec3 n = (u_has & 2) != 0 ? v_normal : flat_normal;
    float length2 = dot(n, n);
    n = length2 > 1e-20 ? n * inversesqrt(length2) : vec3(0, 1, 0);
    return gl_FrontFacing ? n : -n;
}

// Normal texture without stored tangents: the frame comes from screen derivatives of position and uv.
// Method: Schueler, Normal Mapping Without Precomputed Tangents (ShaderX5, 2006).
vec3 bumped(vec3 n) {
    vec3 dp1 = dFdx(v_position), dp2 = dFdy(v_position);
    vec2 du1 = dFdx(v_uv), du2 = dFdy(v_uv);
    vec3 across1 = cross(dp2, n), across2 = cross(n, dp1);
    vec3 t = across1 * du1.x + across2 * du2.x, b = -(across1 * du1.y + across2 * du2.y);
    float size2 = max(dot(t, t), dot(b, b));
    if (size2 < 1e-20) return n;
    vec3 m = texture(u_normal_texture, v_uv).xyz * 2.0 - 1.0;
    m.xy *= u_normal_scale;
    return normalize(mat3(t * inversesqrt(size2), b * inversesqrt(size2), n) * m);
}
