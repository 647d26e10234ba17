import avsc, { type Schema, type Type } from 'avsc'

/** Largest magnitude of a decimal of this precision, in units of its scale. */
function limitOf(precision: number): bigint {
  return 10n ** BigInt(precision) - 1n
}

/** Most bytes that Buffer reads and writes as a plain number; nearly all decimals fit. */
const PLAIN_BYTES = 6
const PLAIN_LIMIT = 2n ** 47n

/** Two's complement, big-endian, in as few bytes as possible, as Avro requires. */
export function decimalToBytes(units: bigint): Buffer {
  if (units >= -PLAIN_LIMIT && units < PLAIN_LIMIT) return plainToBytes(Number(units))
  let length = PLAIN_BYTES + 1
  while (BigInt.asIntN(length * 8, units) !== units) length += 1
  const hex = BigInt.asUintN(length * 8, units).toString(16)
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex')
}

function plainToBytes(units: number): Buffer {
  const bytes = Buffer.allocUnsafe(plainLength(units))
  bytes.writeIntBE(units, 0, bytes.length)
  return bytes
}

function plainLength(units: number): number {
  let length = 1
  for (let limit = 0x80; units >= limit || units < -limit; limit *= 0x100) length += 1
  return length
}

/** The reverse; reads any length, and zero for no bytes. */
export function bytesToDecimal(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n
  if (bytes.length <= PLAIN_BYTES) return BigInt(bytes.readIntBE(0, bytes.length))
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
}

interface DecimalAttributes {
  readonly precision: number
  readonly scale?: number
}

/** The parts of avsc's read and write position used here; avsc detects accesses beyond the end afterwards. */
interface Tap {
  readonly buf: Buffer
  pos: number
  readLong(): number
  writeLong(value: number): void
}

/** Every decimal that Buffer reads as a plain number has at most this many digits. */
const PLAIN_PRECISION = 15

/** Avro's decimal on bytes as a bigint in units of its scale. */
class DecimalType extends avsc.types.LogicalType {
  readonly precision: number
  readonly scale: number
  readonly #limit: bigint

  constructor(schema: Schema, options?: unknown) {
    super(schema, options)
    const { precision, scale = 0 } = schema as unknown as DecimalAttributes
    this.precision = precision
    this.scale = scale
    this.#limit = limitOf(precision)
  }

  /** Does the same as avsc with `_fromValue`, without a Buffer for each of an order's fifty decimals. */
  _read(tap: Tap): bigint {
    const length = tap.readLong()
    const at = tap.pos
    const end = at + length
    if (length > 0 && length <= PLAIN_BYTES && end <= tap.buf.length && this.precision >= PLAIN_PRECISION) {
      tap.pos = end
      const units = tap.buf.readIntBE(at, length)
      return units === 0 ? 0n : BigInt(units)
    }
    if (length < 0) throw new Error('a decimal has a negative length')
    tap.pos = end
    return end > tap.buf.length ? 0n : this._fromValue(tap.buf.subarray(at, end))
  }

  /** Does the same as avsc with `_toValue`, without a Buffer. */
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'bigint' || !this.#holds(value)) throw new Error('not a decimal of the schema')
    const bytes = value >= -PLAIN_LIMIT && value < PLAIN_LIMIT ? null : decimalToBytes(value)
    const length = bytes === null ? plainLength(Number(value)) : bytes.length
    tap.writeLong(length)
    const at = tap.pos
    tap.pos = at + length
    if (tap.pos > tap.buf.length) return
    if (bytes === null) tap.buf.writeIntBE(Number(value), at, length)
    else bytes.copy(tap.buf, at)
  }

  override _fromValue(bytes: Buffer): bigint {
    const units = bytesToDecimal(bytes)
    if (!this.#holds(units)) throw new Error(`a decimal has more than ${this.precision} digits`)
    return units
  }

  /** Undefined for a value that is not a decimal of this precision: in a union avsc then tries the other branches. */
  override _toValue(value: unknown): Buffer | undefined {
    return typeof value === 'bigint' && this.#holds(value) ? decimalToBytes(value) : undefined
  }

  /** Undefined for another scale: the same units would be another amount. */
  override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    return writer instanceof DecimalType && writer.scale === this.scale ? (value) => value : undefined
  }

  #holds(units: bigint): boolean {
    return units <= this.#limit && units >= -this.#limit
  }
}

/**
 * The avsc type of a schema: decimals are bigints, timestamp-millis and longs are numbers from -(2 ** 52) to 2 ** 53 -
 * 2 (avsc rejects larger ones and misreads smaller ones), bytes are Buffers, values of unions are not wrapped.
 */
export function typeOf(schema: unknown): Type {
  return avsc.Type.forSchema(schema as Schema, {
    logicalTypes: { decimal: DecimalType as never },
    assertLogicalTypes: false,
  })
}
