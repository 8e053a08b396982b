// Day, dusk, night: the light of the page and its sky.
import { BackSide, Color, Mesh, ShaderMaterial, SphereGeometry } from "three";

// A dome that fades from the fog's colour at the horizon to the sky's above; it goes with the viewer.
export function skyDome() {
  const material = new ShaderMaterial({
    side: BackSide,
    depthWrite: false,
    fog: false,
    uniforms: { horizon: { value: new Color() }, zenith: { value: new Color() } },
    vertexShader: "varying vec3 way; void main() { way = position; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }",
    fragmentShader: `uniform vec3 horizon; uniform vec3 zenith; varying vec3 way;
      void main() {
        gl_FragColor = vec4(mix(horizon, zenith, pow(clamp(normalize(way).y, 0.0, 1.0), 0.55)), 1.0);
        #include <colorspace_fragment>
      }`,
  });
  const dome = new Mesh(new SphereGeometry(9000, 32, 16), material);
  dome.renderOrder = -1;
  dome.onBeforeRender = (_, __, camera) => dome.position.setFromMatrixPosition(camera.matrixWorld);
  return dome;
}

export const THEMES = {
  day: {
    sky: "#6fa3d6", fog: "#c6d9e6", sun: "#fff1d6", sunIntensity: 3.0, sunDirection: [-0.5, 0.75, 0.45], skyLight: "#bcd7f0", groundLight: "#7a705f",
    skyIntensity: 2.4, exposure: 0.85,
  },
  dusk: {
    sky: "#6d77a8", fog: "#e0b194", sun: "#ffb070", sunIntensity: 2.0, sunDirection: [-0.9, 0.22, 0.2], skyLight: "#9fa6cc", groundLight: "#6b5548",
    skyIntensity: 1.7, exposure: 0.9,
  },
  night: {
    sky: "#070e1c", fog: "#18253c", sun: "#9db4e0", sunIntensity: 0.35, sunDirection: [0.3, 0.8, -0.4], skyLight: "#2b3c63", groundLight: "#1a1712",
    skyIntensity: 0.7, exposure: 1.1,
  },
};

export function applyTheme(root, name) {
  root.traverse((object) => {
    if (!object.isMesh) return;
    const night = object.material.userData?.night; // emissive colour at night, 0 by day
    if (night) object.material.emissiveIntensity = { day: 0, dusk: 0.6, night: 1 }[name];
  });
}
