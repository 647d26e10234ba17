<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Image;

/** A picture that a row has. */
class WantedImage
{
    /**
     * Constructor.
     *
     * @param string $name of the file, without its ending: it says which source and picture it is
     * @param string $url
     * @param int $position
     * @param string|null $label
     * @param string[] $roles
     */
    public function __construct(
        public readonly string $name,
        public readonly string $url,
        public readonly int $position,
        public readonly ?string $label,
        public readonly array $roles,
    ) {
    }
}
