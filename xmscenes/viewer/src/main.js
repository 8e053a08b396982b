// The page: loads ../xr/scene.glb with levels that switch, lets people look, walk, teleport, and ask what a thing is.
import {
  ACESFilmicToneMapping, DirectionalLight, FogExp2, HemisphereLight, PerspectiveCamera, Raycaster, Scene, SRGBColorSpace, Vector2, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { cameraName, currentLanguage, setLanguage, t } from "./i18n.js";
import { CoverageLOD, GLTFLodExtension } from "./lod.js";
import { applyLight, Shadows, Sky, THEMES } from "./light.js";
import { Panel } from "./panel.js";
import { loadProgressively } from "./progressive.js";
import { LEVEL_COLOURS, ORIGIN_COLOURS, Tints } from "./tints.js";
import { readVariants } from "./variants.js";
import { Walker } from "./walk.js";
import { Headset } from "./xr.js";

const FIELDS = ["name", "id", "kind", "form", "height_m", "rmse_m", "points", "source", "fallback", "origin"];
const $ = (id) => document.getElementById(id);
const parameters = new URLSearchParams(location.search);
const folder = parameters.get("scene") ?? "..";

class Viewer {
  constructor() {
    this.canvas = $("view");
    this.renderer = new WebGLRenderer({ canvas: this.canvas, antialias: true, preserveDrawingBuffer: parameters.has("test") });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.renderer.toneMapping = ACESFilmicToneMapping;
    this.renderer.xr.enabled = true;
    this.renderer.info.autoReset = false;
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(50, 1, 0.3, 12000);
    this.scene.add(this.camera);
    this.sun = new DirectionalLight();
    this.ambient = new HemisphereLight();
    this.scene.add(this.sun, this.sun.target, this.ambient);
    this.sky = new Sky(this.renderer);
    this.scene.add(this.sky.dome);
    this.shadows = new Shadows(this.renderer, this.sun);
    this.scene.fog = new FogExp2(0xffffff, 0.00013);
    this.root = null;
    this.orbit = new OrbitControls(this.camera, this.canvas);
    this.orbit.maxPolarAngle = Math.PI * 0.495;
    this.orbit.listenToKeyEvents(this.canvas);
    this.walker = new Walker(this.camera, this.canvas, () => (this.root ? [this.root] : []));
    this.headset = new Headset(this.renderer, this.scene, this.camera, this.sun, () => (this.root ? [this.root] : []));
    this.tints = new Tints();
    this.panel = new Panel($("panel"), this.renderer);
    this.lods = [];
    this.last = 0;
  }

  async start() {
    this.manifest = await (await fetch(`${folder}/scene.json`)).json();
    this.showTexts();
    this.theme("day");
    this.bookmarks();
    addEventListener("resize", () => this.resize());
    this.resize();
    this.renderer.setAnimationLoop((time) => this.frame(time));
    const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
    loader.register((parser) => new GLTFLodExtension(parser));
    const whole = await loadProgressively(loader, `${folder}/xr/scene.glb`, {
      onFirst: async (gltf, { bytes, total }) => {
        await this.show(gltf);
        this.firstPicture = { bytes, total, share: bytes / total };
      },
      onProgress: (bytes, total) => { $("loading").textContent = `${t("loading")} ${Math.round((100 * bytes) / total)} %`; },
    });
    await this.show(whole);
    $("loading").hidden = true;
    this.complete = true;
  }

  async show(gltf) {
    await readVariants(gltf);
    if (this.root) this.scene.remove(this.root);
    this.tints.clear();
    this.root = gltf.scene;
    this.lods = [];
    this.root.traverse((object) => { if (object instanceof CoverageLOD) this.lods.push(object); });
    this.prepare(this.root, 0, rows(this.root.userData.features ?? {}));
    this.scene.add(this.root);
    this.scene.updateMatrixWorld(true);
    this.theme(this.themeName);
  }

  prepare(object, level, features) {
    const own = object.userData.lod ?? level;
    if (object.isMesh) {
      object.userData.table = features;
      object.castShadow = object.material.name !== "water";
      object.receiveShadow = true;
      this.tints.adopt(object, features, own);
    }
    object.children.forEach((child) => this.prepare(child, own, features));
  }

  frame(time) {
    const seconds = (time - this.last) / 1000;
    this.last = time;
    if (this.orbit.enabled && !this.renderer.xr.isPresenting) this.orbit.update();
    this.walker.step(seconds);
    this.headset.step();
    this.tints.shared.rippleTime.value = time / 1000;
    this.shadows.follow(this.camera, this.orbit.target, this.themeName, this.lods.map((lod) => lod.current).join(""));
    this.renderer.info.reset();
    this.renderer.render(this.scene, this.camera);
    this.panel.count(seconds, this.manifest?.spec?.budget?.device);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }

  goTo({ position, target, fov_deg: fov }) {
    this.camera.position.fromArray(position);
    this.orbit.target.fromArray(target);
    if (fov) this.camera.fov = fov;
    this.camera.lookAt(this.orbit.target);
    this.camera.updateProjectionMatrix();
    this.orbit.update();
  }

  bookmarks() {
    const cameras = this.manifest.cameras ?? [];
    const list = $("views");
    list.replaceChildren(...cameras.map((camera) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.camera = camera.name;
      button.addEventListener("click", () => { this.mode("orbit"); this.goTo(camera); });
      return button;
    }));
    this.nameCameras();
    this.goTo(cameras[0] ?? { position: [300, 250, 400], target: [0, 0, 0] });
  }

  nameCameras() {
    for (const button of $("views").children) button.textContent = cameraName(button.dataset.camera);
  }

  mode(name) {
    const walking = name === "walk";
    if (walking) this.walker.start(this.orbit.target);
    else if (this.walker.enabled) {
      this.walker.stop();
      this.orbit.target.copy(this.camera.position).add(this.camera.getWorldDirection(new Vector3()).multiplyScalar(60));
    }
    this.orbit.enabled = !walking;
    for (const id of ["orbit", "walk"]) $(id).setAttribute("aria-pressed", String(id === name));
    this.canvas.focus();
  }

  theme(name) {
    this.themeName = name;
    const mirrored = this.sky.wear(name);
    applyLight(name, { sun: this.sun, ambient: this.ambient, fog: this.scene.fog, renderer: this.renderer });
    this.tints.shared.lit.value = THEMES[name].lit;
    if (this.root) {
      this.tints.wear((mesh) => mesh.userData.variants?.[name]);
      for (const { mesh } of this.tints.meshes) if (mesh.material.name === "water") mesh.material.envMap = mirrored;
    }
    for (const id of ["day", "dusk", "night"]) $(id).setAttribute("aria-pressed", String(id === name));
  }

  force(value) {
    for (const lod of this.lods) lod.forced = value;
  }

  wireframe(on) {
    this.root?.traverse((object) => { if (object.isMesh) object.material.wireframe = on; });
  }

  pick(x, y) {
    if (!this.root) return;
    const { clientWidth, clientHeight } = this.canvas;
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2((2 * x) / clientWidth - 1, 1 - (2 * y) / clientHeight), this.camera);
    const hit = ray.intersectObject(this.root, true).find(({ object }) => isShown(object));
    const ids = hit?.object.geometry.getAttribute("_feature_id_0");
    const table = hit?.object.userData.table ?? [];
    const feature = hit && table[ids ? Math.round(ids.getX(hit.face.a)) : 0];
    this.tints.set(this.tints.mode, feature?.id ?? null);
    this.tell(feature);
  }

  tell(feature) {
    $("card").hidden = !feature;
    if (!feature) return;
    $("card-rows").replaceChildren(...FIELDS.filter((key) => feature[key] !== undefined).flatMap((key) => {
      const term = document.createElement("dt");
      term.textContent = t(key);
      const value = document.createElement("dd");
      value.textContent = typeof feature[key] === "number" ? String(feature[key]) : t(feature[key]);
      return [term, value];
    }));
    this.feature = feature;
  }

  showTexts() {
    const { title, title_en: english, attribution, licence } = this.manifest;
    setLanguage(currentLanguage());
    this.nameCameras();
    document.title = `${title} · xmscenes`;
    $("title").textContent = currentLanguage() === "zh" || !english ? title : english;
    $("attribution").textContent = [licence, ...attribution].join(" · ");
    if (this.feature && !$("card").hidden) this.tell(this.feature);
  }
}

// The file holds its feature table by column; the page wants one object a feature.
function rows(columns) {
  const keys = Object.keys(columns);
  return (columns.id ?? []).map((_, i) => Object.fromEntries(keys.filter((k) => columns[k][i] !== null).map((k) => [k, columns[k][i]])));
}

function legend() {
  const entries = { none: [], levels: LEVEL_COLOURS.map((colour, k) => [`LOD${k}`, colour]), origins: Object.entries(ORIGIN_COLOURS) }[viewer.tints.mode];
  $("legend").replaceChildren(...entries.map(([key, colour]) => {
    const row = document.createElement("li");
    const patch = document.createElement("i");
    patch.style.background = colour;
    row.append(patch, t(key));
    return row;
  }));
}

const isShown = (object) => { for (let o = object; o; o = o.parent) if (!o.visible) return false; return true; };

const viewer = new Viewer();
window.viewer = viewer; // for the tests and the curious

for (const id of ["orbit", "walk"]) $(id).addEventListener("click", () => viewer.mode(id));
for (const id of ["day", "dusk", "night"]) $(id).addEventListener("click", () => viewer.theme(id));
$("tint").addEventListener("change", (event) => { viewer.tints.set(event.target.value); legend(); });
$("detail").addEventListener("change", (event) => viewer.force(event.target.value === "auto" ? null : Number(event.target.value)));
$("wireframe").addEventListener("change", (event) => viewer.wireframe(event.target.checked));
$("show-panel").addEventListener("change", (event) => { $("panel").hidden = !event.target.checked; });
$("lang").addEventListener("click", () => { setLanguage(currentLanguage() === "zh" ? "en" : "zh"); viewer.showTexts(); legend(); });
$("card-close").addEventListener("click", () => { viewer.tints.set(viewer.tints.mode, null); viewer.tell(null); viewer.canvas.focus(); });
$("vr").addEventListener("click", () => viewer.headset.enter(viewer.orbit.target));
navigator.xr?.isSessionSupported("immersive-vr").then((ok) => { $("vr").disabled = !ok; $("vr").dataset.t = ok ? "vr" : "novr"; $("vr").textContent = t($("vr").dataset.t); });
let pressed = null;
$("view").addEventListener("pointerdown", (event) => { pressed = [event.offsetX, event.offsetY]; });
$("view").addEventListener("pointerup", (event) => {
  if (pressed && Math.hypot(event.offsetX - pressed[0], event.offsetY - pressed[1]) < 5) viewer.pick(event.offsetX, event.offsetY);
});
$("view").addEventListener("keydown", (event) => {
  if (event.code === "Enter") viewer.pick(viewer.canvas.clientWidth / 2, viewer.canvas.clientHeight / 2);
  if (event.code === "Escape") $("card-close").click();
});
viewer.start().catch((error) => {
  $("loading").textContent = `${t("failed")}: ${error.message}`;
  console.error(error);
});
