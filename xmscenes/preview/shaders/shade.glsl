// Sun, shadow and ambient light on a point.
uniform sampler2DArrayShadow u_shadow;
uniform mat4 u_shadow_matrix[3];
uniform vec3 u_shadow_texel;   // metres per texel of each cascade
uniform int u_cascades;

float sun_visible(vec3 pos, vec3 n, vec2 pixel) {
    float slope = clamp(1.0 - dot(n, u_sun), 0.0, 1.0);
    float turn = 6.2831853 * fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
    vec2 axis = vec2(cos(turn), sin(turn));
    for (int i = 0; i < u_cascades; i++) {
        vec3 p = pos + n * (u_shadow_texel[i] * (0.6 + 1.9 * slope));
        vec4 q = u_shadow_matrix[i] * vec4(p, 1.0);
        vec3 s = vec3(q.xy * 0.5 + 0.5, min(q.z, 1.0));
        float step = 1.25 / float(textureSize(u_shadow, 0).x);
        if (any(lessThan(s.xy, vec2(2.0 * step))) || any(greaterThan(s.xy, vec2(1.0 - 2.0 * step)))) continue;
        float z = s.z;
        vec2 a = axis * step, b = vec2(-axis.y, axis.x) * step;
        return 0.2 * (texture(u_shadow, vec4(s.xy, float(i), z))
            + texture(u_shadow, vec4(s.xy + a, float(i), z)) + texture(u_shadow, vec4(s.xy - a, float(i), z))
            + texture(u_shadow, vec4(s.xy + b, float(i), z)) + texture(u_shadow, vec4(s.xy - b, float(i), z)));
    }
    return 1.0;
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
