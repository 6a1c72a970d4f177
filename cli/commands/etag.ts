/** An edit says which version of the row it is based on. */
export const etagOf = ({ version }: { readonly version: number }) => ({ 'if-match': `"${version}"` });
