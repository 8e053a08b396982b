// Ambient occlusion at half of the drawn resolution: horizon samples on a spiral, weighed by distance.
// Method: McGuire, Mara, Luebke, Scalable Ambient Obscurance (HPG 2012).
in vec2 v_screen;
in vec3 v_ray;
uniform sampler2D u_depth;
uniform sampler2D u_normal;
uniform float u_near;
uniform vec2 u_reach;        // smallest radius in metres, radius as a share of distance
uniform vec2 u_pixels;       // pixels of the picture's height per metre at distance 1, largest radius in pixels
uniform vec3 u_ray;
uniform vec3 u_ray_x;
uniform vec3 u_ray_y;
out vec2 o_ao;               // occlusion, distance

const int SAMPLES = 12;

float distance_at(vec2 uv) {
    return u_near / max(textureLod(u_depth, uv, 0.0).r, 1e-7);
}

void main() {
    float z = distance_at(v_screen);
    if (z > 1e5) { o_ao = vec2(1.0, 6e4); return; }
    vec3 p = v_ray * z;
    vec3 n = normalize(textureLod(u_normal, v_screen, 0.0).xyz * 2.0 - 1.0);
    float radius = max(u_reach.x, u_reach.y * z);
    float reach = min(radius * u_pixels.x / z, u_pixels.y);
    radius = reach * z / u_pixels.x;               // near the eye the reach in pixels decides
    vec2 size = vec2(textureSize(u_depth, 0));
    vec2 pixel = gl_FragCoord.xy;
    float turn = 6.2831853 * fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
    float sum = 0.0;
    float bias = 0.0012 * z + 0.01;
    for (int i = 0; i < SAMPLES; i++) {
        float a = (float(i) + 0.5) / float(SAMPLES);
        float angle = a * 5.0 * 6.2831853 + turn;
        vec2 uv = v_screen + vec2(cos(angle), sin(angle)) * a * reach / size;
        vec2 s = uv * 2.0 - 1.0;
        vec3 q = (u_ray + s.x * u_ray_x + s.y * u_ray_y) * distance_at(uv);
        vec3 v = q - p;
        float vv = dot(v, v), vn = dot(v, n) - bias;
        float f = max(1.0 - vv / (radius * radius), 0.0);
        sum += f * f * f * max(vn / (vv / radius + 0.04 * radius), 0.0);
    }
    o_ao = vec2(clamp(1.0 - 2.6 * sum / float(SAMPLES), 0.22, 1.0), z);
}
