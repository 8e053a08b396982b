// In the headset: point and pull the trigger to teleport, push the stick sideways to turn by 30 degrees.
import { BufferGeometry, CatmullRomCurve3, Group, Line, LineBasicMaterial, Mesh, MeshBasicMaterial, Raycaster, RingGeometry, Vector3 } from "three";

const SNAP_RAD = Math.PI / 6;
const ARC = { speed: 12, gravity: -9.8, steps: 24, step_s: 0.08 };

export class Headset {
  constructor(renderer, scene, camera, sun, ground) {
    this.renderer = renderer;
    this.sun = sun;
    this.ground = ground;
    this.rig = new Group(); // moves through the world; the headset moves the camera inside it
    scene.add(this.rig);
    this.camera = camera;
    this.marker = new Mesh(new RingGeometry(0.25, 0.35, 32).rotateX(-Math.PI / 2), new MeshBasicMaterial({ color: "#ffd84d" }));
    this.marker.visible = false;
    scene.add(this.marker);
    this.arc = new Line(new BufferGeometry(), new LineBasicMaterial({ color: "#ffd84d" }));
    this.arc.visible = false;
    scene.add(this.arc);
    this.controllers = [0, 1].map((index) => {
      const controller = renderer.xr.getController(index);
      this.rig.add(controller);
      controller.addEventListener("selectstart", () => { this.aiming = controller; });
      controller.addEventListener("selectend", () => this.land());
      return controller;
    });
    this.turned = false;
  }

  async enter(target) {
    const session = await navigator.xr.requestSession("immersive-vr", { optionalFeatures: ["local-floor"] });
    this.home = this.camera.position.clone();
    const start = this.camera.position.clone();
    const heading = new Vector3();
    this.camera.getWorldDirection(heading);
    this.rig.position.copy(this.floorAt(start) ?? this.floorAt(target) ?? start);
    this.rig.rotation.y = Math.atan2(-heading.x, -heading.z);
    this.rig.add(this.camera);
    this.camera.position.set(0, 0, 0);
    this.sun.castShadow = false; // a headset spends its time on pixels, not on soft edges
    session.addEventListener("end", () => {
      this.sun.castShadow = true;
      this.rig.parent.add(this.camera);
      this.camera.position.copy(this.home);
    });
    await this.renderer.xr.setSession(session);
    return session;
  }

  floorAt(position) {
    const ray = new Raycaster(new Vector3(position.x, position.y + 500, position.z), new Vector3(0, -1, 0));
    return ray.intersectObjects(this.ground(), true)[0]?.point ?? null;
  }

  aim() {
    const from = new Vector3().setFromMatrixPosition(this.aiming.matrixWorld);
    const velocity = new Vector3(0, 0, -1).transformDirection(this.aiming.matrixWorld).multiplyScalar(ARC.speed);
    const points = [from.clone()];
    this.target = null;
    for (let i = 0; i < ARC.steps && !this.target; i++) {
      const last = points[points.length - 1];
      const next = last.clone().addScaledVector(velocity, ARC.step_s);
      velocity.y += ARC.gravity * ARC.step_s;
      const leg = next.clone().sub(last);
      const ray = new Raycaster(last, leg.clone().normalize(), 0, leg.length());
      const hit = ray.intersectObjects(this.ground(), true)[0];
      if (hit && hit.face && hit.face.normal.clone().transformDirection(hit.object.matrixWorld).y > 0.6) this.target = hit.point;
      points.push(hit?.point ?? next);
      if (hit) break;
    }
    this.arc.geometry.setFromPoints(new CatmullRomCurve3(points).getPoints(32));
    this.arc.visible = true;
    this.marker.visible = Boolean(this.target);
    if (this.target) this.marker.position.copy(this.target).y += 0.02;
  }

  land() {
    if (this.target) {
      const head = new Vector3().setFromMatrixPosition(this.renderer.xr.getCamera().matrixWorld);
      this.rig.position.add(this.target.clone().sub(head.setY(this.rig.position.y)));
    }
    this.aiming = this.target = null;
    this.marker.visible = this.arc.visible = false;
  }

  turn(radians) {
    const head = new Vector3().setFromMatrixPosition(this.renderer.xr.getCamera().matrixWorld);
    const offset = this.rig.position.clone().sub(head).setY(0).applyAxisAngle(new Vector3(0, 1, 0), radians);
    this.rig.position.set(head.x + offset.x, this.rig.position.y, head.z + offset.z);
    this.rig.rotation.y += radians;
  }

  step() {
    if (!this.renderer.xr.isPresenting) return;
    if (this.aiming) this.aim();
    let stick = 0;
    for (const source of this.renderer.xr.getSession().inputSources) {
      const axes = source.gamepad?.axes ?? [];
      stick = Math.abs(axes[2] ?? 0) > Math.abs(stick) ? axes[2] : stick;
    }
    if (Math.abs(stick) < 0.3) this.turned = false;
    else if (Math.abs(stick) > 0.7 && !this.turned) {
      this.turned = true;
      this.turn(-Math.sign(stick) * SNAP_RAD);
    }
  }
}
