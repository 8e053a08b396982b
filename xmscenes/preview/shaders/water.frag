#include shade
#include water
// Lights the water in the G-buffer.
in vec3 v_ray;
out vec3 o_rgb;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    float z = u_near / texelFetch(u_depth, at, 0).r;
    float ray = length(v_ray);
    vec3 dir = v_ray / ray, pos = u_eye + v_ray * z;
    vec3 root = texelFetch(u_albedo, at, 0).rgb;
    float below = u_near / max(texelFetch(u_below, at, 0).r, 1e-7);
    vec3 c = water(root * root, pos, dir, z * ray, (below - z) * ray * abs(dir.y), gl_FragCoord.xy);
    o_rgb = through_air(c, pos, dir, z * ray);
}
