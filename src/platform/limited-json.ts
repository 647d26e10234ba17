import { StreamError } from '../errors.ts'

/** Deeper than any document or order; recursion through a body stays far below the stack limit. */
const DEEPEST = 64

/** Numbers outside these limits can't be stored. */
const LARGEST = 1e125
const SMALLEST = 1e-129

/**
 * Parses untrusted JSON. Throws `request_invalid` for text that is not JSON, for nesting deeper than 64 levels, for
 * numbers that can't be stored, and for keys that would change prototypes. Takes time linear in the length of the text.
 */
export function parseLimitedJson(text: string): unknown {
  const value = parse(text)
  const waiting: { readonly value: object; readonly depth: number }[] = []
  const look = (one: unknown, depth: number) => {
    if (typeof one === 'number') checkNumber(one)
    if (typeof one !== 'object' || one === null) return
    if (depth > DEEPEST) throw invalidBodyError(`the body is nested deeper than ${DEEPEST} levels; send a flatter one`)
    waiting.push({ value: one, depth })
  }
  look(value, 1)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: container, depth } = next
    if (!Array.isArray(container)) checkKeys(container)
    for (const one of Object.values(container)) look(one, depth + 1)
  }
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidBodyError('the body is not valid JSON; send one JSON value, in UTF-8')
  }
}

function checkNumber(number: number): void {
  const size = Math.abs(number)
  if (size <= LARGEST && (size === 0 || size >= SMALLEST)) return
  throw invalidBodyError('the body has a number that is too large or too small; send it as text')
}

function checkKeys(container: object): void {
  const made: unknown = Object.getOwnPropertyDescriptor(container, 'constructor')?.value
  const isPrototype = typeof made === 'object' && made !== null && Object.hasOwn(made, 'prototype')
  const key = Object.hasOwn(container, '__proto__') ? '__proto__' : isPrototype ? 'constructor.prototype' : null
  if (key !== null) throw invalidBodyError(`the body has a key "${key}", which is not allowed; leave it out`)
}

function invalidBodyError(message: string): StreamError {
  return new StreamError('request_invalid', message)
}
