layout(location = 0) in vec3 a_position;
layout(location = 1) in vec3 a_normal;
layout(location = 2) in vec2 a_uv;
layout(location = 3) in vec4 a_color;
layout(location = 4) in mat4 a_model;
uniform mat4 u_view_projection;
out vec3 v_position;
out vec3 v_normal;
out vec2 v_uv;
out vec4 v_color;

void main() {
    vec4 world = a_model * vec4(a_position, 1.0);
    v_position = world.xyz;
    mat3 m = mat3(a_model);
    // Normals go with the cofactor matrix, which also serves mirrored and stretched copies.
    v_normal = mat3(cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])) * a_normal * sign(determinant(m));
    v_uv = a_uv;
    v_color = a_color;
    gl_Position = u_view_projection * world;
}
