// Walking at eye height: WASD or arrow keys, drag to look, feet on whatever is below. Orbiting is three's OrbitControls.
import { Euler, Raycaster, Vector3 } from "three";

const EYE_M = 1.7;
const STEP_M = 1.2; // higher than this is a wall
const SPEED_M_S = 4;
const RUN = 3;
const DOWN = new Vector3(0, -1, 0);
const KEYS = { KeyW: [0, -1], ArrowUp: [0, -1], KeyS: [0, 1], ArrowDown: [0, 1], KeyA: [-1, 0], ArrowLeft: [-1, 0], KeyD: [1, 0], ArrowRight: [1, 0] };

const raised = (position) => new Vector3(position.x, position.y + 500, position.z);

export class Walker {
  constructor(camera, element, ground) {
    this.camera = camera;
    this.ground = ground; // () => objects to stand on
    this.held = new Set();
    this.enabled = false;
    this.turn = new Euler(0, 0, 0, "YXZ");
    this.ray = new Raycaster();
    element.addEventListener("keydown", (event) => {
      if (!this.enabled || !(event.code in KEYS)) return;
      this.held.add(event.code);
      this.fast = event.shiftKey;
      event.preventDefault();
    });
    element.addEventListener("keyup", (event) => this.held.delete(event.code));
    element.addEventListener("blur", () => this.held.clear());
    element.addEventListener("pointermove", (event) => {
      if (!this.enabled || event.buttons !== 1) return;
      this.turn.setFromQuaternion(camera.quaternion);
      this.turn.y += event.movementX * 0.003;
      this.turn.x = Math.max(-1.4, Math.min(1.4, this.turn.x + event.movementY * 0.003));
      camera.quaternion.setFromEuler(this.turn);
    });
  }

  heightBelow(position) {
    this.ray.set(new Vector3(position.x, position.y + STEP_M, position.z), DOWN);
    return this.ray.intersectObjects(this.ground(), true)[0]?.point.y ?? null;
  }

  // Stand on the ground below the camera; where there is none, on the ground at the point that was looked at.
  start(target) {
    this.enabled = true;
    const { position } = this.camera;
    const floor = this.heightBelow(position) ?? this.heightBelow(raised(position));
    if (floor !== null) position.y = floor + EYE_M;
    else position.set(target.x, (this.heightBelow(raised(target)) ?? target.y) + EYE_M, target.z);
    this.turn.setFromQuaternion(this.camera.quaternion);
    this.turn.x = this.turn.z = 0;
    this.camera.quaternion.setFromEuler(this.turn);
  }

  stop() {
    this.enabled = false;
    this.held.clear();
  }

  step(seconds) {
    if (!this.enabled || this.held.size === 0) return;
    const way = new Vector3();
    for (const code of this.held) way.add(new Vector3(KEYS[code][0], 0, KEYS[code][1]));
    this.turn.setFromQuaternion(this.camera.quaternion);
    way.normalize().applyEuler(new Euler(0, this.turn.y, 0)).multiplyScalar(SPEED_M_S * (this.fast ? RUN : 1) * Math.min(seconds, 0.1));
    const next = this.camera.position.clone().add(way);
    const floor = this.heightBelow(new Vector3(next.x, next.y - EYE_M, next.z));
    if (floor !== null && floor - (this.camera.position.y - EYE_M) < STEP_M) next.y = floor + EYE_M;
    if (floor !== null) this.camera.position.copy(next);
  }
}
