// Day, dusk, night: the light of the page, and the KHR_materials_variants of the file when it has any.
export const THEMES = {
  day: {
    sky: "#a9cbe6", fog: "#c3d8e6", sun: "#fff1d6", sunIntensity: 3.0, sunDirection: [-0.5, 0.75, 0.45], skyLight: "#bcd7f0", groundLight: "#7a705f",
    skyIntensity: 1.3, exposure: 0.9,
  },
  dusk: {
    sky: "#d9a183", fog: "#d8b09a", sun: "#ffb070", sunIntensity: 2.0, sunDirection: [-0.9, 0.22, 0.2], skyLight: "#9fa6cc", groundLight: "#6b5548",
    skyIntensity: 1.0, exposure: 0.95,
  },
  night: {
    sky: "#0b1526", fog: "#101c30", sun: "#9db4e0", sunIntensity: 0.35, sunDirection: [0.3, 0.8, -0.4], skyLight: "#2b3c63", groundLight: "#1a1712",
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
