uniform vec3 u_ray;          // direction through the picture's centre, at depth 1
uniform vec3 u_ray_x;        // from the centre to the right border
uniform vec3 u_ray_y;        // from the centre to the upper border
uniform float u_horizon;     // 0 draws everywhere, -1 only below the horizon, 1 only above
out vec2 v_screen;
out vec3 v_ray;

void main() {
    vec2 p = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
    v_screen = p * 0.5 + 0.5;
    v_ray = u_ray + p.x * u_ray_x + p.y * u_ray_y;
    gl_ClipDistance[0] = u_horizon == 0.0 ? 1.0 : u_horizon * v_ray.y + (u_horizon > 0.0 ? 0.004 : 0.0);
    gl_Position = vec4(p, 0.0, 1.0);
}
