// KHR_materials_variants for three.js: materials by variant name, loaded after the file.
//
//   import { readVariants, selectVariant } from "./three-variants.js";
//   const gltf = await loader.loadAsync("xr/scene.glb");
//   const names = await readVariants(gltf); // ["day", "dusk", "night"]
//   selectVariant(gltf.scene, "night");
//
// Call readVariants once the levels are in place (GLTFLodExtension puts them there while loading).
const NAME = "KHR_materials_variants";

export async function readVariants({ scene, parser }) {
  const names = (parser.json.extensions?.[NAME]?.variants ?? []).map((variant) => variant.name);
  const ofMaterial = new Map(); // copies of instanced nodes have lost their primitive: their material leads back to it
  for (const mesh of parser.json.meshes ?? []) {
    for (const { material, extensions } of mesh.primitives) if (extensions?.[NAME]) ofMaterial.set(material, extensions[NAME].mappings);
  }
  const meshes = [];
  scene.traverse((object) => { if (object.isMesh) meshes.push(object); });
  for (const mesh of meshes) {
    const at = parser.associations.get(mesh);
    const own = at?.primitives === undefined ? undefined : parser.json.meshes[at.meshes]?.primitives[at.primitives];
    const mappings = own ? own.extensions?.[NAME]?.mappings : ofMaterial.get(parser.associations.get(mesh.material)?.materials);
    if (!mappings) continue;
    const before = mesh.material;
    mesh.userData.variants = {};
    for (const { material, variants } of mappings) {
      mesh.material = await parser.getDependency("material", material);
      parser.assignFinalMaterial(mesh);
      for (const number of variants) mesh.userData.variants[names[number]] = mesh.material;
    }
    mesh.material = before;
  }
  return names;
}

export function selectVariant(root, name) {
  root.traverse((object) => {
    const material = object.userData.variants?.[name];
    if (material) object.material = material;
  });
}
