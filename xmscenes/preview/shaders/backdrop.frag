#include shade
#ifdef SEA
#include water
#endif
// The endless plane around the scene, below the horizon.
in vec3 v_ray;
uniform vec4 u_backdrop;       // colour; w: height
uniform vec3 u_scene;          // middle of the scene in plan, its radius
out vec3 o_rgb;

void main() {
    vec3 dir = normalize(v_ray);
    float dist = (u_backdrop.w - u_eye.y) / min(dir.y, -1e-5);
    if (dist <= 0.0) { o_rgb = sky_base(dir); return; }
    vec3 pos = u_eye + dir * dist;
#ifdef SEA
    vec3 c = water(u_backdrop.rgb, pos, dir, dist, 50.0, gl_FragCoord.xy);
#else
    vec3 up = vec3(0, 1, 0);
    // No shadows: the rim of the terrain hovers over this plane and would draw a dark frame round the scene.
    vec3 light = u_sun_rgb * max(u_sun.y, 0.0) + ambient(up, 1.0);
    vec3 c = u_backdrop.rgb * light * (0.92 + 0.16 * fbm(pos.xz / 90.0));
#endif
    c = through_air(c, pos, dir, dist);
#ifndef SEA
    // Mist swallows the plane not far behind the scene: nobody surveyed what lies there.
    float beyond = max(distance(pos.xz, u_scene.xy) - 0.8 * u_scene.z, 0.0) / (1.6 * u_scene.z);
    c = mix(sky_base(normalize(vec3(dir.x, 0.04, dir.z))), c, exp(-beyond));
#endif
    // Close to the horizon the plane takes the sky's colour there, so that they meet without a seam.
    c = mix(c, sky_base(normalize(vec3(dir.x, 0.0, dir.z))), smoothstep(-0.05, 0.0, dir.y));
    o_rgb = c;
}
