<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

/** A row of a feed that is to be written. */
class StagedRow
{
    /**
     * Constructor.
     *
     * @param string $key
     * @param string $sku
     * @param string $source system that it was read from
     * @param bool $deleted gone at the source, or from the feed
     * @param array<string, mixed> $data
     * @param string $digest of what is written
     * @param bool $disabled this module disabled the product when the row was deleted
     * @param int $attempts failed ones
     */
    public function __construct(
        public readonly string $key,
        public readonly string $sku,
        public readonly string $source,
        public readonly bool $deleted,
        public readonly array $data,
        public readonly string $digest = '',
        public readonly bool $disabled = false,
        public readonly int $attempts = 0,
    ) {
    }
}
