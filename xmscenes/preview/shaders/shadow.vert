layout(location = 0) in vec3 a_position;
layout(location = 2) in vec2 a_uv;
layout(location = 4) in mat4 a_model;
uniform mat4 u_view_projection;
out vec2 v_uv;

void main() {
    v_uv = a_uv;
    gl_Position = u_view_projection * (a_model * vec4(a_position, 1.0));
}
