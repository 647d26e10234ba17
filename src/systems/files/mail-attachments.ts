import type { MessageStructureObject } from 'imapflow'

/** An attachment of a message. */
export interface Attachment {
  /** Number of its part of the message. */
  readonly part: string
  /** As its sender named it, without folders and characters that no name has. */
  readonly called: string
}

const LONGEST_NAME = 150

/** Parts of a message that have a name; not those of messages within it, which others may have written. Pure. */
export function attachmentsOf(structure: MessageStructureObject): Attachment[] {
  if (structure.type.toLowerCase() === 'message/rfc822') return []
  if (structure.childNodes !== undefined) return structure.childNodes.flatMap((child) => attachmentsOf(child))
  const named = structure.dispositionParameters?.['filename'] ?? structure.parameters?.['name']
  const called = cleanName(named ?? '')
  return called === '' ? [] : [{ part: structure.part ?? '1', called }]
}

function cleanName(name: string): string {
  const own = name.normalize('NFC').replace(/^.*[/\\]/s, '')
  const clean = own.replaceAll(/\p{C}/gu, '').trim()
  return [...clean].slice(-LONGEST_NAME).join('')
}

/** The attachment of a message as a name of a file: no other one of the mailbox has it, and names sort by arrival. */
export function fileNameOf(uid: number, { part, called }: Attachment): string {
  return `${String(uid).padStart(10, '0')}.${part}-${called}`
}

export interface NamedAttachment extends Attachment {
  readonly uid: number
}

/** Null: not the name of an attachment. */
export function attachmentNamed(name: string): NamedAttachment | null {
  const [, uid, part = '', called = ''] = /^(\d{10})\.(\d+(?:\.\d+)*)-(.+)$/s.exec(name) ?? []
  return uid === undefined ? null : { uid: Number(uid), part, called }
}

/** A name in the folder of read messages, which begins with a digest: its message has another number there. */
export function archivedNamed(name: string): Attachment | null {
  const [, own = ''] = /^[0-9a-f]{12}-(.+)$/s.exec(name) ?? []
  return attachmentNamed(own)
}
