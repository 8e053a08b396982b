// Water: ripples, Fresnel sky, reflections found in the picture itself, shallow tint, sun glitter.
uniform sampler2D u_depth;
uniform sampler2D u_below;     // depth without the water
uniform sampler2D u_albedo;
uniform sampler2D u_normal;
uniform mat4 u_view_projection;
uniform float u_near;
uniform float u_pixel;         // radians per drawn pixel

vec3 noise_slope(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    vec2 u = f * f * (3.0 - 2.0 * f), du = 6.0 * f * (1.0 - f);
    float a = hash12(i), b = hash12(i + vec2(1, 0)), c = hash12(i + vec2(0, 1)), d = hash12(i + vec2(1, 1));
    float k = a - b - c + d;
    return vec3(a + (b - a) * u.x + (c - a) * u.y + k * u.x * u.y, du * vec2((b - a) + k * u.y, (c - a) + k * u.x));
}

// Slope of the waves and, in z, how rough the waves are that are too small to see.
vec3 wave_slope(vec2 p, float footprint) {
    vec2 slope = vec2(0.0);
    float rough = 0.0, wavelength = 24.0, height = 0.10;
    mat2 turn = mat2(0.8, 0.6, -0.6, 0.8);
    for (int i = 0; i < 6; i++) {
        float seen = 1.0 - smoothstep(0.2 * wavelength, 0.7 * wavelength, footprint);
        vec2 q = turn * p / wavelength * vec2(1.0, 1.7) + float(i) * 19.0;
        vec2 g = noise_slope(q).yz * vec2(1.0, 1.7) * height / wavelength;
        slope += seen * (g * turn);
        rough += (1.0 - seen) * height / wavelength;
        turn = turn * mat2(0.36, 0.93, -0.93, 0.36);
        wavelength *= 0.46;
        height *= 0.55;
    }
    return vec3(slope, rough);
}

// Colour that a reflected ray meets in the picture; alpha tells how sure it is.
vec4 screen_reflection(vec3 pos, vec3 dir, float dist) {
    float reach = 4.0 + 0.04 * dist;
    vec3 p = pos + dir * reach * 0.3;
    for (int i = 0; i < 26; i++) {
        p += dir * reach;
        reach *= 1.13;
        vec4 clip = u_view_projection * vec4(p, 1.0);
        if (clip.w <= u_near) break;
        vec2 uv = clip.xy / clip.w * 0.5 + 0.5;
        if (any(lessThan(uv, vec2(0.0))) || any(greaterThan(uv, vec2(1.0)))) break;
        float scene = u_near / max(textureLod(u_depth, uv, 0.0).r, 1e-7);
        float gap = clip.w - scene;
        if (gap > 0.0 && gap < 2.2 * reach) {
            vec3 back = p - dir * reach, front = p;
            for (int k = 0; k < 4; k++) {          // halve the last step: a sharper shoreline
                vec3 middle = 0.5 * (back + front);
                vec4 c = u_view_projection * vec4(middle, 1.0);
                vec2 m = c.xy / c.w * 0.5 + 0.5;
                if (c.w > u_near / max(textureLod(u_depth, m, 0.0).r, 1e-7)) { front = middle; uv = m; } else back = middle;
            }
            vec4 albedo = textureLod(u_albedo, uv, 0.0);
            if (int(albedo.a * 255.0 + 0.5) / 64 == 3) return vec4(0.0);
            vec3 n = normalize(textureLod(u_normal, uv, 0.0).xyz * 2.0 - 1.0);
            vec3 lit = albedo.rgb * albedo.rgb * (u_sun_rgb * max(dot(n, u_sun), 0.0) * 0.8 + ambient(n, 0.8));
            vec2 edge = smoothstep(vec2(0.0), vec2(0.08), uv) * smoothstep(vec2(0.0), vec2(0.08), 1.0 - uv);
            return vec4(through_air(lit, front, normalize(front - u_eye), distance(front, u_eye)), edge.x * edge.y);
        }
    }
    return vec4(0.0);
}

vec3 water(vec3 base, vec3 pos, vec3 dir, float dist, float below_m, vec2 pixel) {
    float footprint = dist * u_pixel / max(abs(dir.y), 0.04);
    vec3 wave = wave_slope(pos.xz, footprint);
    vec3 n = normalize(vec3(-wave.x, 1.0, -wave.y));
    float facing = max(dot(n, -dir), 0.0);
    float fresnel = 0.02 + 0.98 * pow(1.0 - facing, 5.0) / (1.0 + 9.0 * wave.z);
    vec3 r = reflect(dir, n);
    r.y = abs(r.y) + wave.z * 0.9;                 // unseen waves tilt the mirror towards the sky
    r = normalize(r);
    vec3 mirrored = sky_base(r);
#ifdef REFLECT
    vec4 hit = screen_reflection(pos, normalize(mix(r, reflect(dir, vec3(0, 1, 0)), 0.6)), dist);
    mirrored = mix(mirrored, hit.rgb, 0.85 * hit.a);
#endif
    float lit = sun_visible(pos, vec3(0, 1, 0), pixel);
    float shallow = exp(-max(below_m, 0.0) / 1.6);
    vec3 body = mix(base, base * 1.5 + vec3(0.035, 0.05, 0.035), shallow);
    body *= 1.1 * u_sky_rgb + 0.85 * u_sun_rgb * max(u_sun.y, 0.0) * mix(0.35, 1.0, lit);
    body *= 1.0 + 0.5 * (wave.x - wave.y);
    float roughness = 0.10 + min(1.6 * wave.z, 0.3);
    vec3 h = normalize(u_sun - dir);
    float spark = ggx(max(dot(n, h), 0.0), roughness) * (0.02 + 0.98 * pow(1.0 - max(dot(h, -dir), 0.0), 5.0)) * 0.25;
    vec3 c = mix(body, mirrored, clamp(fresnel, 0.0, 0.92)) + u_sun_rgb * min(spark, 4.0) * lit * step(0.0, u_sun.y);
    float foam = smoothstep(0.35, 0.0, below_m) * (0.25 + 0.5 * value_noise(pos.xz * 1.7));
    return mix(c, 0.7 * (u_sky_rgb + 0.5 * u_sun_rgb * lit), 0.35 * foam);
}
