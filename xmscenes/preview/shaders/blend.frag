#include surface
#include shade
// Transparent surfaces, drawn back to front over the lit picture.
out vec4 o_rgba;

void main() {
    vec4 c = surface_color();
    vec3 n = surface_normal();
    vec3 dir = normalize(v_position - u_eye);
    float nl = max(dot(n, u_sun), 0.0);
    vec3 lit = c.rgb * (u_sun_rgb * nl * sun_visible(v_position, n, gl_FragCoord.xy) + ambient(n, 1.0));
    float fresnel = 0.04 + 0.96 * pow(1.0 - max(dot(n, -dir), 0.0), 5.0);
    vec3 r = reflect(dir, n);
    lit += (1.0 - u_roughness) * fresnel * sky_base(vec3(r.x, abs(r.y), r.z));
    o_rgba = vec4(through_air(lit + u_emissive, v_position, dir, distance(v_position, u_eye)), c.a);
}
