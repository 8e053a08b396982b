// Sky where nothing stands before it.
in vec3 v_ray;
out vec3 o_rgb;

void main() {
    o_rgb = sky_full(normalize(v_ray));
}
