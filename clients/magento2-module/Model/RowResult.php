<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

/** What became of a row. */
class RowResult
{
    private const DAY = 86_400;

    /**
     * Constructor.
     *
     * @param string|null $error null: it is written
     * @param bool $disabled the product is disabled by this module
     * @param int|null $dueAt seconds since 1970: the row is to be written again then
     */
    private function __construct(
        public readonly ?string $error,
        public readonly bool $disabled,
        public readonly ?int $dueAt,
    ) {
    }

    /**
     * The shop has the row.
     *
     * @param bool $disabled
     * @param int|null $dueAt seconds since 1970: it is to be written again then
     * @return self
     */
    public static function written(bool $disabled = false, ?int $dueAt = null): self
    {
        return new self(null, $disabled, $dueAt);
    }

    /**
     * The shop does not have the row.
     *
     * @param string $error
     * @param int|null $dueAt seconds since 1970: it is to be written again then, however often it has failed
     * @return self
     */
    public static function failed(string $error, ?int $dueAt = null): self
    {
        return new self($error, false, $dueAt);
    }

    /**
     * The catalog has no product of the row. It may get one at any time, so the row is tried once a day then.
     *
     * @param string $sku
     * @return self
     */
    public static function withoutProduct(string $sku): self
    {
        return self::failed((string) __('The catalog has no product "%1".', $sku), time() + self::DAY);
    }
}
