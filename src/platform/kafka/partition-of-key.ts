const SEED = 0x9747b28c
const MIX = 0x5bd1e995
const WORD = 4

/** Kafka's own hash of a key, as its clients use it to choose a partition: murmur2 in 32 bits. */
export function murmur2(key: Buffer): number {
  const whole = key.length - (key.length % WORD)
  let hash = SEED ^ key.length
  for (let at = 0; at < whole; at += WORD) {
    const word = Math.imul(key.readInt32LE(at), MIX)
    hash = Math.imul(hash, MIX) ^ Math.imul(word ^ (word >>> 24), MIX)
  }
  if (whole < key.length) {
    hash ^= key.readUIntLE(whole, key.length - whole)
    hash = Math.imul(hash, MIX)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX)
  return hash ^ (hash >>> 15)
}

/** The partition that every Kafka client chooses for this key. */
export function partitionOfKey(key: string | Buffer, partitions: number): number {
  return (murmur2(Buffer.isBuffer(key) ? key : Buffer.from(key)) & 0x7fffffff) % partitions
}
