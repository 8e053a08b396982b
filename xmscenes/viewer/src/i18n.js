// Chinese and English texts of the page. The page starts in the language of the browser; the button switches.
export const TEXTS = {
  zh: {
    orbit: "环绕", walk: "步行", views: "视角", look: "显示", light: "光照", day: "白天", dusk: "黄昏", night: "夜晚",
    levels: "按细节层次着色", origins: "按来源着色", wireframe: "线框", panel: "性能", detail: "细节", auto: "自动",
    vr: "进入 VR", novr: "此设备不支持 VR", lang: "English", close: "关闭", loading: "载入中", failed: "载入失败",
    name: "名称", kind: "类型", form: "形态", height_m: "高度 m", rmse_m: "误差 m", source: "依据", origin: "来源", points: "点数",
    fallback: "简化原因", id: "编号", frame: "帧", calls: "绘制调用", triangles: "三角形", memory: "纹理", budget: "预算",
    measured: "实测", openstreetmap: "开放街图", digitised: "数字化", simulated: "模拟", inferred: "推断",
    block: "体块 LoD1.2", stepped: "分阶 LoD1.3", roofed: "屋顶 LoD2.2",
    help: "拖动旋转，滚轮缩放；步行：WASD 或方向键，拖动看四周。点按建筑查看说明。",
    building: "建筑", terrain: "地形", water: "水面", path: "道路", bridge: "桥", hero: "地标", tree: "树", lamp: "路灯",
  },
  en: {
    orbit: "Orbit", walk: "Walk", views: "Views", look: "Show", light: "Light", day: "Day", dusk: "Dusk", night: "Night",
    levels: "Tint by level of detail", origins: "Tint by origin", wireframe: "Wireframe", panel: "Performance", detail: "Detail", auto: "auto",
    vr: "Enter VR", novr: "No VR on this device", lang: "中文", close: "Close", loading: "Loading", failed: "Loading failed",
    name: "Name", kind: "Kind", form: "Form", height_m: "Height m", rmse_m: "Error m", source: "Source", origin: "Origin", points: "Points",
    fallback: "Why simpler", id: "Id", frame: "Frame", calls: "Draw calls", triangles: "Triangles", memory: "Textures", budget: "Budget",
    measured: "measured", openstreetmap: "OpenStreetMap", digitised: "digitised", simulated: "simulated", inferred: "inferred",
    block: "block LoD1.2", stepped: "stepped LoD1.3", roofed: "roofed LoD2.2",
    help: "Drag to turn, wheel to zoom; walking: WASD or arrow keys, drag to look around. Click a building to read about it.",
    building: "building", terrain: "terrain", water: "water", path: "path", bridge: "bridge", hero: "landmark", tree: "tree", lamp: "lamp",
  },
};

// Names of cameras in scene specs. A name that is not here is shown as it is written.
const CAMERAS = {
  hero: ["全景", "Overview"], street: ["街景", "Street"], top: ["俯视", "From above"], harbour: ["港口", "Harbour"], lake: ["湖畔", "Lakeside"],
  bridge: ["桥", "Bridge"], aerial: ["鸟瞰", "Aerial"], skyline: ["天际线", "Skyline"], beach: ["海滩", "Beach"], square: ["广场", "Square"],
  north: ["北面", "North"], south: ["南面", "South"], east: ["东面", "East"], west: ["西面", "West"],
};

let language = (navigator.language || "en").startsWith("zh") ? "zh" : "en";

export const currentLanguage = () => language;
export const t = (key) => TEXTS[language][key] ?? key;

export const cameraName = (name) => CAMERAS[name]?.[language === "zh" ? 0 : 1] ?? name;

export function setLanguage(next) {
  language = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.dataset.tLabel));
}
