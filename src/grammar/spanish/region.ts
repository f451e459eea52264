/** Where the language is spoken, as far as that changes what the grammar says. */
export type Region = 'ES' | 'MX';
