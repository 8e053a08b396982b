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
    float roughness = u_roughness, metallic = u_metallic;
#ifdef DETAILED
    if ((u_has & 16) != 0) n = bumped(n);
    if ((u_has & 8) != 0) {
        vec3 orm = texture(u_surface_texture, v_uv).rgb;
        roughness *= orm.g;
        metallic *= orm.b;
    }
#endif
    vec3 glow = u_emissive;
#ifdef DETAILED
    if ((u_has & 4) != 0) glow *= texture(u_emissive_texture, v_uv).rgb;
#endif
    float strength = clamp(max(glow.r, max(glow.g, glow.b)), 0.0, 1.0);
    vec3 rgb = mix(c.rgb, glow, strength > 0.17 ? 1.0 : 0.0);
    // Metal and glass: little of their own colour, much of the sky's.
    float gloss = clamp(1.0 - roughness + 0.25 * metallic, 0.0, 1.0);
    rgb *= 1.0 - 0.45 * metallic * step(strength, 0.17);
    o_albedo = vec4(sqrt(clamp(rgb, 0.0, 1.0)), (float(u_kind) * 64.0 + floor(60.0 * gloss)) / 255.0);
    o_normal = vec4(n * 0.5 + 0.5, strength);
}
