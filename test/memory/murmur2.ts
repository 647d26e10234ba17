const SEED = 0x9747b28c
const M = 0x5bd1e995

/** Partition of a key as Kafka's default partitioner chooses it: murmur2 of the key's bytes, made positive. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}

function murmur2(data: Buffer): number {
  let hash = SEED ^ data.length
  const whole = data.length - (data.length % 4)
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), M)
    word ^= word >>> 24
    hash = Math.imul(hash, M) ^ Math.imul(word, M)
  }
  const rest = data.subarray(whole)
  if (rest.length > 0) {
    for (const [index, byte] of rest.entries()) hash ^= byte << (8 * index)
    hash = Math.imul(hash, M)
  }
  hash ^= hash >>> 13
  hash = Math.imul(hash, M)
  return hash ^ (hash >>> 15)
}
