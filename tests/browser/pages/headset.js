// An emulated Quest 3, put into the page before its own scripts run.
import { metaQuest3, XRDevice } from "iwer";

window.device = new XRDevice(metaQuest3);
window.device.installRuntime({ forceInstall: true });
