<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

/** A map from a text area: a line "name = value" each; the name "*" stands for all others. */
class MapLines
{
    /** @var array<string, string> */
    private array $values = [];

    /**
     * Constructor.
     *
     * @param string $text
     */
    public function __construct(string $text)
    {
        foreach (preg_split('/\R/', $text) ?: [] as $line) {
            // Names may have the sign, values do not.
            $at = strrpos($line, '=');
            if ($at !== false && trim(substr($line, 0, $at)) !== '') {
                $this->values[trim(substr($line, 0, $at))] = trim(substr($line, $at + 1));
            }
        }
    }

    /**
     * The value of a name. Null: it is left out.
     *
     * @param string $name
     * @return string|null the name itself where the value is "*"
     */
    public function get(string $name): ?string
    {
        $value = $this->values[$name] ?? $this->values['*'] ?? '';
        return $value === '*' ? $name : ($value === '' ? null : $value);
    }

    /**
     * All values.
     *
     * @return string[]
     */
    public function values(): array
    {
        return array_values(array_unique(array_diff($this->values, [''])));
    }
}
