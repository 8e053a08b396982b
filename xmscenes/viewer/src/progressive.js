// Show the coarsest level first. The exporter writes BIN coarsest level first, so the head of the file holds the whole
// place in a few triangles: ask for that head with Range, load it as a scene of its own, then load the rest.

const HEADER_BYTES = 12;
const CHUNK_BYTES = 8;

async function range(url, from, to) {
  const response = await fetch(url, { headers: { Range: `bytes=${from}-${to - 1}` } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, whole: response.status === 200, total: Number(response.headers.get("Content-Range")?.split("/")[1] ?? bytes.length) };
}

function coarsest(json, index) {
  const node = json.nodes[index];
  const ids = node.extensions?.MSFT_lod?.ids;
  if (ids) return coarsest(json, ids[ids.length - 1]);
  return index;
}

function head(json) {
  const small = structuredClone(json);
  const seen = new Set();
  let end = 0;
  const view = (i) => {
    if (i === undefined) return;
    const own = small.bufferViews[i];
    const packed = own.extensions?.EXT_meshopt_compression ?? own;
    if ((packed.buffer ?? 0) === 0) end = Math.max(end, (packed.byteOffset ?? 0) + packed.byteLength);
  };
  const visit = (i) => {
    if (seen.has(i)) return;
    seen.add(i);
    const node = small.nodes[i];
    delete node.extensions?.MSFT_lod;
    node.children = node.children?.map((child) => coarsest(small, child));
    node.children?.forEach(visit);
    for (const primitive of small.meshes?.[node.mesh]?.primitives ?? []) {
      for (const a of [primitive.indices, ...Object.values(primitive.attributes)]) view(small.accessors[a]?.bufferView);
    }
    for (const a of Object.values(node.extensions?.EXT_mesh_gpu_instancing?.attributes ?? {})) view(small.accessors[a]?.bufferView);
  };
  const scene = small.scenes[small.scene ?? 0];
  scene.nodes = scene.nodes.map((i) => coarsest(small, i));
  scene.nodes.forEach(visit);
  for (const material of small.materials ?? []) { // textures come with the rest
    delete material.pbrMetallicRoughness?.baseColorTexture;
    delete material.pbrMetallicRoughness?.metallicRoughnessTexture;
    delete material.normalTexture;
    delete material.emissiveTexture;
    delete material.occlusionTexture;
  }
  small.buffers[0].byteLength = end;
  return { small, end };
}

function glb(json, bin) {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const jsonLength = Math.ceil(text.length / 4) * 4;
  const binLength = Math.ceil(bin.length / 4) * 4;
  const out = new Uint8Array(HEADER_BYTES + CHUNK_BYTES + jsonLength + CHUNK_BYTES + binLength).fill(0x20, 20, 20 + jsonLength);
  const numbers = new DataView(out.buffer);
  [0x46546c67, 2, out.length, jsonLength, 0x4e4f534a].forEach((n, i) => numbers.setUint32(4 * i, n, true));
  out.set(text, 20);
  numbers.setUint32(20 + jsonLength, binLength, true);
  numbers.setUint32(24 + jsonLength, 0x004e4942, true);
  out.set(bin, 28 + jsonLength);
  return out.buffer;
}

// Calls and awaits onFirst(gltf, {bytes, total}) with the coarse scene as early as it can, then resolves with the whole one.
// A server without Range support sends everything at once; then there is only the whole.
export async function loadProgressively(loader, url, { onFirst, onProgress } = {}) {
  const folder = url.slice(0, url.lastIndexOf("/") + 1);
  const start = await range(url, 0, 65536);
  let got = start.bytes;
  const numbers = new DataView(got.buffer, got.byteOffset);
  if (got.length < 20 || numbers.getUint32(0, true) !== 0x46546c67) throw new Error(`${url}: not a GLB file`);
  const jsonEnd = 20 + numbers.getUint32(12, true);
  const binStart = jsonEnd + CHUNK_BYTES;
  const total = numbers.getUint32(8, true);
  const need = async (end) => {
    const to = Math.min(end, total);
    if (got.length >= to) return;
    const more = await range(url, got.length, to);
    const joined = new Uint8Array(more.whole ? more.bytes.length : got.length + more.bytes.length);
    if (!more.whole) joined.set(got);
    joined.set(more.bytes, more.whole ? 0 : got.length);
    got = joined;
    onProgress?.(got.length, total);
  };
  await need(binStart);
  const json = JSON.parse(new TextDecoder().decode(got.subarray(20, jsonEnd)));
  if (!start.whole && onFirst) {
    const { small, end } = head(json);
    if (end < total - binStart) {
      await need(binStart + end);
      const bytes = got.length;
      await onFirst(await loader.parseAsync(glb(small, got.subarray(binStart, binStart + end)), folder), { bytes, total });
    }
  }
  for (let end = got.length; end < total; ) {
    end = Math.min(total, Math.max(end, got.length) + 2 ** 21);
    await need(end);
  }
  return loader.parseAsync(got.buffer.slice(got.byteOffset, got.byteOffset + got.byteLength), folder);
}
