/** Whose messages are read, and what proves that they are theirs. */
export interface AcceptedSenders {
  /** Addresses, or domains as `@acme.example`, in lower case. */
  readonly senders: readonly string[]
  /** Name that the own mail server signs its results with; null: nothing is proven. */
  readonly authenticatedBy: string | null
}

/** What of a message says who sent it. */
export interface MessageOrigin {
  /** Addresses of `From`. */
  readonly from: readonly string[]
  /** Values of `Authentication-Results`, the topmost first. */
  readonly results: readonly string[]
}

/** Whether a message comes from an accepted sender. Pure. */
export function isAccepted({ from, results }: MessageOrigin, { senders, authenticatedBy }: AcceptedSenders): boolean {
  const [sender, ...others] = from.map((address) => address.trim().toLowerCase())
  // With two of them, servers and people see different ones.
  if (sender === undefined || others.length > 0) return false
  const domain = sender.slice(sender.lastIndexOf('@') + 1)
  if (!senders.includes(sender) && !senders.includes(`@${domain}`)) return false
  return authenticatedBy === null || isAuthenticated(results[0] ?? '', authenticatedBy, domain)
}

/**
 * Whether the topmost result proves the domain (RFC 8601): that of the own server, which adds it last. Those below may be
 * the sender's own words. DMARC has to pass, or DKIM for this domain or one that it belongs to; SPF alone proves the path.
 */
function isAuthenticated(result: string, server: string, domain: string): boolean {
  const [id = '', ...methods] = withoutComments(result).split(';')
  if (id.trim().split(/\s+/)[0]?.toLowerCase() !== server.toLowerCase()) return false
  return methods.some((text) => {
    const [method = '', ...properties] = text.trim().toLowerCase().split(/\s+/)
    const propertyOf = (name: string) =>
      properties
        .find((one) => one.startsWith(`${name}=`))
        ?.slice(name.length + 1)
        .replaceAll('"', '')
        .replace(/^@/, '')
    if (method === 'dmarc=pass') return propertyOf('header.from') === domain
    if (method !== 'dkim=pass') return false
    const signer = propertyOf('header.d') ?? propertyOf('header.i')?.replace(/^.*@/, '')
    // A signature of `example` alone would be one of a registry.
    return signer?.includes('.') === true && (signer === domain || domain.endsWith(`.${signer}`))
  })
}

/** Comments may nest, and may have anything in them; quoted texts may have parentheses and semicolons. */
function withoutComments(text: string): string {
  let kept = ''
  let depth = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? ''
    if (character === '\\') {
      index += 1
    } else if (isQuoted) {
      if (character === '"') isQuoted = false
      else if (/[\w.@-]/.test(character)) kept += character
    } else if (character === '"' && depth === 0) isQuoted = true
    else if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) kept += character
  }
  return kept
}
