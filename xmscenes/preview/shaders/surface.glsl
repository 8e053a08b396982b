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
uniform int u_has;           // bit 0 texture, bit 1 normals, bit 2 emissive texture
uniform sampler2D u_texture;
uniform sampler2D u_emissive_texture;

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
