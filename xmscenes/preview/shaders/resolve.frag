// Tone-maps each drawn sample, then averages them: bright edges stay smooth.
// Curve: Stephen Hill's fit of the ACES reference and output transforms (BakingLab, MIT, constants only).
uniform sampler2D u_hdr;
uniform int u_scale;
uniform float u_exposure;
out vec3 o_rgb;

vec3 aces(vec3 c) {
    c = mat3(0.59719, 0.07600, 0.02840, 0.35458, 0.90834, 0.13383, 0.04823, 0.01566, 0.83777) * c;
    c = (c * (c + 0.0245786) - 0.000090537) / (c * (0.983729 * c + 0.4329510) + 0.238081);
    return clamp(mat3(1.60475, -0.10208, -0.00327, -0.53108, 1.10813, -0.07276, -0.07367, -0.00605, 1.07602) * c, 0.0, 1.0);
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) * u_scale;
    vec3 sum = vec3(0.0);
    for (int y = 0; y < u_scale; y++)
        for (int x = 0; x < u_scale; x++)
            sum += aces(texelFetch(u_hdr, at + ivec2(x, y), 0).rgb * u_exposure);
    sum /= float(u_scale * u_scale);
    o_rgb = mix(12.92 * sum, 1.055 * pow(max(sum, 1e-6), vec3(1.0 / 2.4)) - 0.055, step(0.0031308, sum));
}
