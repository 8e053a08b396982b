// The page: loads ../xr/scene.glb with levels that switch, lets people look, walk, teleport, and ask what a thing is.
import {
  ACESFilmicToneMapping, AmbientLight, DirectionalLight, FogExp2, HemisphereLight, PerspectiveCamera, PCFSoftShadowMap, Raycaster, Scene,
  SRGBColorSpace, Vector2, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { currentLanguage, setLanguage, t } from "./i18n.js";
import { CoverageLOD, GLTFLodExtension } from "./lod.js";
import { GLTFInstancingExtension } from "./instancing.js";
import { applyTheme, skyDome, THEMES } from "./light.js";
import { Panel } from "./panel.js";
import { loadProgressively } from "./progressive.js";
import { LEVEL_COLOURS, ORIGIN_COLOURS, Tints } from "./tints.js";
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
    this.renderer.shadowMap.type = PCFSoftShadowMap;
    this.renderer.xr.enabled = true;
    this.renderer.info.autoReset = false;
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(50, 1, 0.3, 12000);
    this.scene.add(this.camera);
    this.sun = new DirectionalLight();
    this.sky = new HemisphereLight();
    this.scene.add(this.sun, this.sun.target, this.sky, new AmbientLight(0xffffff, 0.15));
    this.dome = skyDome();
    this.scene.add(this.dome);
    this.scene.fog = new FogExp2(0xffffff, 0.00022);
    this.root = null;
    this.orbit = new OrbitControls(this.camera, this.canvas);
    this.orbit.maxPolarAngle = Math.PI * 0.495;
    this.orbit.listenToKeyEvents(this.canvas);
    this.walker = new Walker(this.camera, this.canvas, () => (this.root ? [this.root] : []));
    this.headset = new Headset(this.renderer, this.scene, this.camera, () => (this.root ? [this.root] : []));
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
    loader.register((parser) => new GLTFInstancingExtension(parser)).register((parser) => new GLTFLodExtension(parser));
    const whole = await loadProgressively(loader, `${folder}/xr/scene.glb`, {
      onFirst: (gltf, { bytes, total }) => {
        this.show(gltf);
        this.firstPicture = { bytes, total, share: bytes / total };
      },
      onProgress: (bytes, total) => { $("loading").textContent = `${t("loading")} ${Math.round((100 * bytes) / total)} %`; },
    });
    this.show(whole);
    $("loading").hidden = true;
    this.complete = true;
  }

  show(gltf) {
    if (this.root) this.scene.remove(this.root);
    this.tints.clear();
    this.root = gltf.scene;
    this.lods = [];
    this.root.traverse((object) => { if (object instanceof CoverageLOD) this.lods.push(object); });
    this.prepare(this.root, 0, rows(this.root.userData.features ?? {}));
    this.scene.add(this.root);
    this.scene.updateMatrixWorld(true);
    this.tints.set(this.tints.mode);
    applyTheme(this.root, this.themeName);
  }

  prepare(object, level, features) {
    const own = object.userData.lod ?? level;
    if (object.isMesh) {
      object.userData.table = features;
      if (!object.isInstancedMesh) this.tints.adopt(object, features, own);
    }
    object.children.forEach((child) => this.prepare(child, own, features));
  }

  frame(time) {
    const seconds = (time - this.last) / 1000;
    this.last = time;
    if (this.orbit.enabled && !this.renderer.xr.isPresenting) this.orbit.update();
    this.walker.step(seconds);
    this.headset.step();
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
      button.textContent = camera.name;
      button.addEventListener("click", () => { this.mode("orbit"); this.goTo(camera); });
      return button;
    }));
    this.goTo(cameras[0] ?? { position: [300, 250, 400], target: [0, 0, 0] });
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
    const theme = THEMES[name];
    this.dome.material.uniforms.zenith.value.set(theme.sky);
    this.dome.material.uniforms.horizon.value.set(theme.fog);
    this.scene.fog.color.set(theme.fog);
    this.sun.color.set(theme.sun);
    this.sun.intensity = theme.sunIntensity;
    this.sun.position.set(...theme.sunDirection).multiplyScalar(1000);
    this.sky.color.set(theme.skyLight);
    this.sky.groundColor.set(theme.groundLight);
    this.sky.intensity = theme.skyIntensity;
    this.renderer.toneMappingExposure = theme.exposure;
    if (this.root) applyTheme(this.root, name);
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
