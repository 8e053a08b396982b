in vec2 v_uv;
uniform sampler2D u_texture;
uniform float u_cutoff;

void main() {
#ifdef MASKED
    if (texture(u_texture, v_uv).a < u_cutoff) discard;
#endif
}
