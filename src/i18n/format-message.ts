// Fills `{name}` places of a message. Which names a message has is read from its text by the type system, so that a forgotten or
// misspelt parameter is a type error at the call.

/** The names in `{…}` of a message. */
export type ParamNames<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamNames<Rest> : never;

/** The parameters of a message: nothing at all where it has no places. */
export type MessageParams<Message extends string> = [ParamNames<Message>] extends [never]
  ? readonly []
  : readonly [params: Readonly<Record<ParamNames<Message>, string | number>>];

/** Fills the places of `message`; one without a value stays as it is, to be seen. */
export function formatMessage(message: string, params: Readonly<Record<string, string | number>> = {}): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name];
    return value === undefined ? place : String(value);
  });
}

/** The names in `{…}` at run time, sorted: for comparing languages. */
export function messageParamNames(message: string): readonly string[] {
  return [...new Set([...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort();
}
