// Sun, shadow and ambient light on a point.
uniform sampler2DArrayShadow u_shadow;
uniform mat4 u_shadow_matrix[3];
uniform vec3 u_shadow_texel;   // metres per texel of each cascade
uniform int u_cascades;
uniform sampler2DArrayShadow u_whole;   // the shadow of the whole place, where no cascade reaches
uniform mat4 u_whole_matrix;
uniform float u_whole_texel;   // metres; 0 without such a map

// Share of light at a place of a map (x, y, depth), five taps turned by a pattern; -1 outside the map.
float light_in(sampler2DArrayShadow map, int layer, vec3 q, vec2 axis) {
    vec3 s = vec3(q.xy * 0.5 + 0.5, min(q.z, 1.0));
    float step = 1.25 / float(textureSize(map, 0).x);
    if (any(lessThan(s.xy, vec2(2.0 * step))) || any(greaterThan(s.xy, vec2(1.0 - 2.0 * step)))) return -1.0;
    vec2 a = axis * step, b = vec2(-axis.y, axis.x) * step;
    float k = float(layer);
    return 0.2 * (texture(map, vec4(s.xy, k, s.z))
        + texture(map, vec4(s.xy + a, k, s.z)) + texture(map, vec4(s.xy - a, k, s.z))
        + texture(map, vec4(s.xy + b, k, s.z)) + texture(map, vec4(s.xy - b, k, s.z)));
}

float sun_visible(vec3 pos, vec3 n, vec2 pixel) {
    float slope = 0.6 + 1.9 * clamp(1.0 - dot(n, u_sun), 0.0, 1.0);
    float turn = 6.2831853 * fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
    vec2 axis = vec2(cos(turn), sin(turn));
    for (int i = 0; i < u_cascades; i++) {
        float seen = light_in(u_shadow, i, (u_shadow_matrix[i] * vec4(pos + n * (u_shadow_texel[i] * slope), 1.0)).xyz, axis);
        if (seen >= 0.0) return seen;
    }
    if (u_whole_texel <= 0.0) return 1.0;
    return abs(light_in(u_whole, 0, (u_whole_matrix * vec4(pos + n * (u_whole_texel * slope), 1.0)).xyz, axis));
}

vec3 ambient(vec3 n, float ao) {
    vec3 hemi = mix(u_ground_rgb, u_sky_rgb, 0.5 + 0.5 * n.y);
    // Light that the sunlit ground throws back against walls turned to the sun.
    hemi += u_sun_rgb * 0.06 * max(dot(n, vec3(u_sun.x, -0.35, u_sun.z)), 0.0) * max(u_sun.y, 0.0);
    return hemi * ao;
}

float ggx(float nh, float roughness) {
    float a = roughness * roughness;
    float d = nh * nh * (a * a - 1.0) + 1.0;
    return a * a / max(3.14159265 * d * d, 1e-5);
}
