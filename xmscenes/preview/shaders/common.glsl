// Shared by all programs: air, sky, noise. Colours are linear.
uniform vec3 u_eye;
uniform vec3 u_sun;          // towards the light
uniform vec3 u_sun_rgb;
uniform vec3 u_sky_rgb;
uniform vec3 u_ground_rgb;
uniform vec3 u_zenith_rgb;
uniform vec3 u_horizon_rgb;
uniform vec3 u_glow_rgb;
uniform vec3 u_cloud_rgb;
uniform vec4 u_sky;          // cloud cover, disc, stars, windows
uniform vec4 u_air;          // haze per metre, start in metres, falloff per metre of height, base height

float hash12(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float value_noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash12(i), hash12(i + vec2(1, 0)), f.x),
               mix(hash12(i + vec2(0, 1)), hash12(i + vec2(1, 1)), f.x), f.y);
}

float fbm(vec2 p) {
    float sum = 0.0, weight = 0.5;
    for (int i = 0; i < 5; i++) {
        sum += weight * value_noise(p);
        p = mat2(1.6, 1.2, -1.2, 1.6) * p + 17.0;
        weight *= 0.5;
    }
    return sum;
}

// Sky without disc and clouds: what water, glass and air take their colour from.
vec3 sky_base(vec3 d) {
    float up = max(d.y, 0.0);
    vec3 c = mix(u_horizon_rgb, u_zenith_rgb, 1.0 - pow(1.0 - up, 3.2));
    vec2 side = normalize(d.xz + 1e-6), sun = normalize(u_sun.xz + 1e-6);
    float facing = max(dot(side, sun), 0.0);
    float near_sun = max(dot(d, u_sun), 0.0);
    c += u_glow_rgb * (0.55 * pow(facing, 3.0) * exp(-up * 5.5) + 0.35 * pow(near_sun, 10.0));
    return c;
}

vec3 sky_full(vec3 d) {
    vec3 c = sky_base(d);
    if (u_sky.z > 0.0 && d.y > 0.02) {
        vec2 cell = floor(d.xz / (d.y + 0.6) * 480.0);
        float star = hash12(cell);
        c += u_sky.z * smoothstep(0.9975, 1.0, star) * 0.5 * smoothstep(0.02, 0.3, d.y);
    }
    float toward = dot(d, u_sun);
    c += u_sun_rgb * u_sky.y * (6.0 * smoothstep(0.99992, 0.99997, toward) + 0.5 * pow(max(toward, 0.0), 900.0)
        + 0.05 * pow(max(toward, 0.0), 90.0));
    if (u_sky.x > 0.0 && d.y > 0.015) {
        vec2 p = d.xz / (d.y + 0.16);
        float n = fbm(p * vec2(1.3, 2.1) + 3.7);
        float cover = smoothstep(1.0 - u_sky.x - 0.32, 1.0 - u_sky.x + 0.22, n + 0.18 * fbm(p * 5.0));
        float lit = 0.75 + 0.35 * pow(max(toward, 0.0), 6.0);
        c = mix(c, u_cloud_rgb * lit, 0.62 * cover * smoothstep(0.015, 0.2, d.y));
    }
    return c;
}

// Air between eye and point: thin with height, tinted like the sky behind it.
vec3 through_air(vec3 rgb, vec3 pos, vec3 dir, float dist) {
    float mean_height = max(0.5 * (pos.y + u_eye.y) - u_air.w, 0.0);
    float depth = u_air.x * max(dist - u_air.y, 0.0) * exp(-mean_height * u_air.z);
    // Towards the horizon air takes the sky's colour there, so that far sea and sky meet without a seam.
    vec3 air = sky_base(normalize(vec3(dir.x, max(dir.y, 0.0) + 0.03 * smoothstep(0.0, 0.12, abs(dir.y)), dir.z)));
    vec3 keep = exp(-depth * vec3(0.82, 0.96, 1.12));
    return rgb * keep + air * (1.0 - keep);
}
