#include surface
layout(location = 0) out vec4 o_albedo;   // square root of linear colour; kind (0 plain, 1 foliage, 2 building, 3 water), gloss
layout(location = 1) out vec4 o_normal;   // normal in [0, 1]; strength of own light, in thirds

void main() {
    vec4 c = surface_color();
#ifdef MASKED
    if (c.a < u_cutoff) discard;
#endif
    vec3 n = surface_normal();
    if (u_kind == 1 && (u_has & 2) != 0) n = normalize(v_normal + vec3(0, 1e-4, 0));   // leaf cards: both sides alike
    vec3 glow = u_emissive;
    if ((u_has & 4) != 0) glow *= texture(u_emissive_texture, v_uv).rgb;
    float strength = clamp(max(glow.r, max(glow.g, glow.b)), 0.0, 1.0);
    vec3 rgb = strength > 0.17 ? glow : c.rgb;
    o_albedo = vec4(sqrt(clamp(rgb, 0.0, 1.0)), (float(u_kind) * 64.0 + floor(60.0 * (1.0 - u_roughness))) / 255.0);
    o_normal = vec4(n * 0.5 + 0.5, strength);
}
