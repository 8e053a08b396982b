// three.js with the shim: levels must switch with the distance, and cost less from afar.
import { DirectionalLight, HemisphereLight, PerspectiveCamera, Scene, WebGLRenderer } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { CoverageLOD, GLTFLodExtension } from "../../../xmscenes/viewer/src/lod.js";

const renderer = new WebGLRenderer({ canvas: document.querySelector("canvas"), preserveDrawingBuffer: true });
renderer.setSize(800, 600, false);
const scene = new Scene();
scene.add(new HemisphereLight(0xffffff, 0x777766, 2), new DirectionalLight(0xffffff, 2));
const camera = new PerspectiveCamera(60, 4 / 3, 0.3, 20000);
const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
loader.register((parser) => new GLTFLodExtension(parser));
const { scene: root } = await loader.loadAsync("../xr/scene.glb");
scene.add(root);
const lods = [];
root.traverse((o) => { if (o instanceof CoverageLOD) lods.push(o); });

window.from = (metres) => {
  camera.position.set(0.6 * metres, 0.5 * metres, 0.6 * metres);
  camera.lookAt(0, 10, 0);
  renderer.render(scene, camera);
  const { calls, triangles } = renderer.info.render;
  return { calls, triangles, levels: lods.map((l) => l.current) };
};
window.R = { lods: lods.length };
window.DONE = true;
