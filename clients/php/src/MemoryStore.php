<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Stores a feed in memory: each process reads it in full once. */
final class MemoryStore implements FeedStore
{
    private readonly RowCopy $copy;
    private ?FeedState $state = null;

    /** @param (\Closure(array<string, mixed>): string)|null $keyOf the SKU by default */
    public function __construct(?\Closure $keyOf = null)
    {
        $this->copy = new RowCopy($keyOf ?? RowKey::sku(...));
    }

    public function load(): ?FeedState
    {
        return $this->state;
    }

    public function commit(FeedCommit $commit): void
    {
        $this->copy->apply($commit);
        $this->state = $commit->state;
    }

    /** @return array<string, mixed>|null */
    public function get(string $key): ?array
    {
        return $this->copy->get($key);
    }

    /** @return list<array<string, mixed>> deleted rows included */
    public function rows(): array
    {
        return $this->copy->rows();
    }
}
