import { describe, expect, it } from 'vitest'
import { capOccurredAt, compareVersions, MAX_AHEAD_MS, versionRank } from '../../../src/events/version.ts'

const versions = [
  { occurredAt: null, readAt: 1 },
  { occurredAt: null, readAt: 20 },
  { occurredAt: 5, readAt: 1 },
  { occurredAt: 5, readAt: 2 },
  { occurredAt: 1_700_000_000_000, readAt: 0 },
]

describe('versions', () => {
  it('are ordered by the time of the change, then of the read; an unknown time is the oldest', () => {
    expect(versions.toReversed().toSorted(compareVersions)).toEqual(versions)
  })

  it('have ranks that sort as text the same way, the mapping revision last', () => {
    const ranks = versions.map((version) => versionRank(version))
    expect(ranks.toSorted()).toEqual(ranks)
    const [version = { occurredAt: null, readAt: 0 }] = versions
    expect(versionRank({ ...version, mappingRevision: 9 }) < versionRank({ ...version, mappingRevision: 10 })).toBe(
      true,
    )
  })
})

describe('capOccurredAt', () => {
  it('believes a clock that is a little ahead', () => {
    expect(capOccurredAt(1000 + MAX_AHEAD_MS, 1000)).toEqual({ occurredAt: 1000 + MAX_AHEAD_MS, capped: false })
    expect(capOccurredAt(null, 1000)).toEqual({ occurredAt: null, capped: false })
  })

  it('takes the time of the read for one that is further ahead, and says so', () => {
    expect(capOccurredAt(1001 + MAX_AHEAD_MS, 1000)).toEqual({ occurredAt: 1000, capped: true })
  })
})
