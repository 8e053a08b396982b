// 3d-tiles-renderer: tiles must refine when the camera comes near and coarsen when it leaves.
import { HemisphereLight, PerspectiveCamera, Scene, WebGLRenderer } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { TilesRenderer } from "3d-tiles-renderer";
import { GLTFExtensionsPlugin } from "3d-tiles-renderer/plugins";

const renderer = new WebGLRenderer({ canvas: document.querySelector("canvas"), preserveDrawingBuffer: true });
renderer.setSize(800, 600, false);
const scene = new Scene();
scene.add(new HemisphereLight(0xffffff, 0x777766, 3));
const camera = new PerspectiveCamera(60, 4 / 3, 0.3, 20000);
const tiles = new TilesRenderer("../tiles/tileset.json");
tiles.registerPlugin(new GLTFExtensionsPlugin({ metadata: true, meshoptDecoder: MeshoptDecoder }));
tiles.setCamera(camera);
tiles.setResolutionFromRenderer(camera, renderer);
tiles.group.rotation.x = -Math.PI / 2; // 3D Tiles are z up
scene.add(tiles.group);
scene.updateMatrixWorld(true); // the first look asks for tiles before anything is drawn
const failed = [];
tiles.addEventListener("load-error", ({ error, url }) => failed.push(`${url}: ${error}`));

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
window.from = async (metres) => {
  camera.position.set(0.6 * metres, 0.5 * metres, 0.6 * metres);
  camera.lookAt(0, 10, 0);
  camera.updateMatrixWorld();
  for (let calm = 0, i = 0, last = -1; calm < 50 && i < 1000; i++) {
    tiles.update();
    await wait(30);
    const { queued = 0, downloading, parsing } = tiles.stats;
    const isCalm = tiles.root && queued + downloading + parsing === 0 && tiles.visibleTiles.size === last;
    calm = isCalm ? calm + 1 : 0;
    last = tiles.visibleTiles.size;
  }
  renderer.render(scene, camera);
  const { calls, triangles } = renderer.info.render;
  return { calls, triangles, visible: tiles.visibleTiles.size, failed };
};
window.R = {};
window.DONE = true;
