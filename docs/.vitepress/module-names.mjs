/** For typedoc: an entry of a package has the name by which it is imported, not that of its file. */
import { Converter, ReflectionKind } from 'typedoc';
import { entries } from './entries.mjs';

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const declarations = context.getSymbolFromReflection(reflection)?.declarations;
    const file = declarations?.[0]?.getSourceFile().fileName;
    reflection.name = entries.find((entry) => entry.file === file)?.name ?? reflection.name;
  });
}
