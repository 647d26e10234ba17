<?php

declare(strict_types=1);

namespace Waldstream\Client;

/**
 * The rows of a feed by key, in memory.
 *
 * @internal
 */
final class RowCopy
{
    /** @var array<string, array{row: array<string, mixed>, round: int}> */
    private array $kept = [];

    /** @param \Closure(array<string, mixed>): string $keyOf */
    public function __construct(private readonly \Closure $keyOf)
    {
    }

    public function apply(FeedCommit $commit): void
    {
        foreach ($commit->rows as $row) {
            $this->kept[($this->keyOf)($row)] = ['row' => $row, 'round' => $commit->state->round];
        }
        $first = $commit->removeBefore;
        if ($first !== null) {
            $this->kept = array_filter($this->kept, static fn (array $one): bool => $one['round'] >= $first);
        }
    }

    public function size(): int
    {
        return count($this->kept);
    }

    /** @return array<string, mixed>|null */
    public function get(string $key): ?array
    {
        return $this->kept[$key]['row'] ?? null;
    }

    /** @return list<array<string, mixed>> */
    public function rows(): array
    {
        return array_column($this->kept, 'row');
    }

    /** @return array<int, list<array<string, mixed>>> by round */
    public function rounds(): array
    {
        $rounds = [];
        foreach ($this->kept as ['row' => $row, 'round' => $round]) {
            $rounds[$round][] = $row;
        }
        return $rounds;
    }
}
