// three.js draws one file from one camera with the usual web set-up: ACES, a hemisphere, a sun with shadows.
import * as THREE from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";

const view = JSON.parse(new URLSearchParams(location.search).get("view"));
const local = ([x, y, z]) => new THREE.Vector3(x, z, -y); // x east, y north, z up to glTF axes

const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
renderer.setSize(view.width, view.height);
renderer.shadowMap.enabled = true;
renderer.toneMapping = THREE.ACESFilmicToneMapping;
document.body.append(renderer.domElement);

const scene = new THREE.Scene();
scene.background = new THREE.Color(0x9dbdd8);
scene.add(new THREE.HemisphereLight(0xbcd4f0, 0x6a604c, 1.4));
const camera = new THREE.PerspectiveCamera(view.fov_deg, view.width / view.height, 1, 20000);
camera.position.copy(local(view.eye_m));
const target = local(view.target_m);
if (Math.hypot(target.x - camera.position.x, target.z - camera.position.z) < 1) camera.up.set(0, 0, -1);
camera.lookAt(target);

new GLTFLoader().load("/scene.glb", ({ scene: model }) => {
  scene.add(model);
  model.traverse((node) => { if (node.isMesh) node.castShadow = node.receiveShadow = true; });
  const box = new THREE.Box3().setFromObject(model);
  const middle = box.getCenter(new THREE.Vector3());
  const reach = Math.min(box.getSize(new THREE.Vector3()).length() / 2, 900);
  const sun = new THREE.DirectionalLight(0xfff0d8, 3);
  sun.position.copy(middle).addScaledVector(local(view.sun), 2 * reach);
  sun.target.position.copy(middle);
  sun.castShadow = true;
  sun.shadow.mapSize.set(4096, 4096);
  sun.shadow.normalBias = 0.6;
  Object.assign(sun.shadow.camera, { left: -reach, right: reach, bottom: -reach, top: reach, near: 1, far: 4 * reach });
  scene.add(sun, sun.target);
  renderer.render(scene, camera);
  renderer.getContext().finish();
  window.picture = renderer.domElement.toDataURL("image/png");
}, undefined, (error) => { window.failure = String(error); window.picture = ""; });
