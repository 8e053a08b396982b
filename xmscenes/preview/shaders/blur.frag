// Smooths the occlusion over the 4 x 4 pattern of its noise, without crossing depth edges.
in vec2 v_screen;
uniform sampler2D u_ao;
out vec2 o_ao;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), top = textureSize(u_ao, 0) - 1;
    vec2 middle = texelFetch(u_ao, at, 0).rg;
    float sum = 0.0, weight = 0.0;
    for (int y = -2; y < 2; y++)
        for (int x = -2; x < 2; x++) {
            vec2 s = texelFetch(u_ao, clamp(at + ivec2(x, y), ivec2(0), top), 0).rg;
            float w = max(0.0, 1.0 - 14.0 * abs(s.g - middle.g) / middle.g);
            sum += w * s.r;
            weight += w;
        }
    o_ao = vec2(weight > 0.0 ? sum / weight : middle.r, middle.g);
}
