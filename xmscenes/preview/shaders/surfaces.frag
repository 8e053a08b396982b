#include shade
// Lights what stands in the G-buffer, water excepted. Each pixel once.
in vec2 v_screen;
in vec3 v_ray;
uniform sampler2D u_depth;
uniform sampler2D u_albedo;
uniform sampler2D u_normal;
uniform sampler2D u_ao;
uniform float u_near;
uniform vec2 u_outline;        // strength, width in drawn pixels
out vec3 o_rgb;

#ifdef OUTLINE
float edge_at(ivec2 at, float z, vec3 n) {
    int w = max(int(u_outline.y), 1);
    ivec2 top = textureSize(u_depth, 0) - 1;
    float bend = 0.0, turn = 0.0;
    for (int k = 0; k < 4; k++) {
        ivec2 s = clamp(at + ivec2(k < 2 ? (k * 2 - 1) * w : 0, k > 1 ? (k * 2 - 5) * w : 0), ivec2(0), top);
        bend += u_near / max(texelFetch(u_depth, s, 0).r, 1e-6) - z;
        turn = max(turn, 1.0 - dot(texelFetch(u_normal, s, 0).xyz * 2.0 - 1.0, n));
    }
    float crease = smoothstep(0.35, 0.8, turn) * exp(-z / 220.0);
    return max(smoothstep(0.03, 0.08, abs(bend) / z), crease) * exp(-z / 900.0);
}
#endif

#ifdef WINDOWS
// Lit windows on walls that have no texture of their own: storeys of 3.1 m, bays of 2.7 m.
vec3 window_light(vec3 pos, vec3 n) {
    vec2 along = normalize(vec2(-n.z, n.x) + 1e-6);
    vec2 p = vec2(dot(pos.xz, along) / 2.7, pos.y / 3.1);
    vec2 cell = floor(p), f = fract(p);
    float lit = hash12(cell + floor(37.0 * n.xz) + 5.0);
    float frame = smoothstep(0.2, 0.26, f.x) * smoothstep(0.8, 0.74, f.x) * smoothstep(0.28, 0.34, f.y) * smoothstep(0.84, 0.78, f.y);
    vec3 warm = mix(vec3(1.0, 0.62, 0.28), vec3(1.0, 0.85, 0.62), hash12(cell + 71.0));
    return warm * frame * smoothstep(0.60, 0.64, lit) * (0.4 + 0.9 * hash12(cell + 13.0));
}
#endif

vec3 surface(vec3 albedo, vec3 n, int kind, float gloss, float own, vec3 pos, vec3 dir, float dist, vec2 pixel) {
    float ao = texture(u_ao, v_screen).r;
    float nl = dot(n, u_sun);
    float visible = nl > -0.4 ? sun_visible(pos, n, pixel) : 0.0;
    float diffuse = max(nl, 0.0);
    if (kind == 1) {
        // Leaves let light through: softer terminator, brighter against the sun.
        diffuse = 0.25 + 0.55 * clamp(nl * 0.6 + 0.4, 0.0, 1.0) + 0.35 * pow(max(dot(dir, u_sun), 0.0), 3.0);
    }
    vec3 c = albedo * (u_sun_rgb * diffuse * visible + ambient(n, ao));
    vec3 r = reflect(dir, n);
    float fresnel = 0.04 + 0.96 * pow(1.0 - max(dot(n, -dir), 0.0), 5.0);
    c += gloss * gloss * fresnel * sky_base(vec3(r.x, abs(r.y), r.z)) * ao;
    if (gloss > 0.05) {
        vec3 h = normalize(u_sun - dir);
        c += u_sun_rgb * visible * min(ggx(max(dot(n, h), 0.0), 1.0 - gloss), 6.0) * 0.04 * max(nl, 0.0);
    }
#ifdef WINDOWS
    if (kind == 2 && abs(n.y) < 0.3) c += u_sky.w * window_light(pos, n);
#endif
    return mix(c, albedo * (0.35 + 2.3 * u_sky.w) + c * 0.4, own);
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    float z = u_near / texelFetch(u_depth, at, 0).r;
    float ray = length(v_ray);
    vec3 dir = v_ray / ray, pos = u_eye + v_ray * z;
    vec4 g0 = texelFetch(u_albedo, at, 0), g1 = texelFetch(u_normal, at, 0);
    int code = int(g0.a * 255.0 + 0.5), kind = code / 64;
    vec3 n = normalize(g1.xyz * 2.0 - 1.0);
    vec3 c = surface(g0.rgb * g0.rgb, n, kind, float(code - 64 * kind) / 60.0, g1.a, pos, dir, z * ray, gl_FragCoord.xy);
    c = through_air(c, pos, dir, z * ray);
#ifdef OUTLINE
    c *= 1.0 - u_outline.x * edge_at(at, z, n);
#endif
    o_rgb = c;
}
