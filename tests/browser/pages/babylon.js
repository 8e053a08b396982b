// Babylon.js with the shim: the same promise as three.js.
import { Engine } from "@babylonjs/core/Engines/engine.js";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import { HemisphericLight } from "@babylonjs/core/Lights/hemisphericLight.js";
import { LoadAssetContainerAsync, SceneLoader } from "@babylonjs/core/Loading/sceneLoader.js";
import "@babylonjs/core/Loading/loadingScreen.js";
import "@babylonjs/core/Materials/Textures/Loaders/index.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { MeshoptCompression } from "@babylonjs/core/Meshes/Compression/meshoptCompression.js";
import { Scene } from "@babylonjs/core/scene.js";
import "@babylonjs/loaders/glTF/index.js";
import { switchLods } from "../../../xmscenes/viewer/src/babylon-lod.js";

MeshoptCompression.Configuration = { decoder: { url: "meshopt_decoder.js" } };
const engine = new Engine(document.querySelector("canvas"), true, { preserveDrawingBuffer: true });
SceneLoader.ShowLoadingScreen = false;
const scene = new Scene(engine);
scene.useRightHandedSystem = true;
const camera = new FreeCamera("camera", Vector3.Zero(), scene);
camera.fov = Math.PI / 3;
camera.maxZ = 20000;
new HemisphericLight("light", new Vector3(0, 1, 0), scene);
let groups = [];
SceneLoader.OnPluginActivatedObservable.addOnce((loader) => { groups = switchLods(loader, scene); });
(await LoadAssetContainerAsync("../xr/scene.glb", scene)).addAllToScene();

window.from = (metres) => {
  camera.position.set(0.6 * metres, 0.5 * metres, 0.6 * metres);
  camera.setTarget(new Vector3(0, 10, 0));
  scene.render();
  scene.render(); // the second one shows what the first one chose
  return { calls: scene.getActiveMeshes().length, triangles: scene.getActiveIndices() / 3, levels: groups.map((g) => g.current) };
};
await scene.whenReadyAsync();
window.R = { lods: groups.length };
window.DONE = true;
