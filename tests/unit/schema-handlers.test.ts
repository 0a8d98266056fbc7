import { shapeOf } from "../../contract/package-schema";
import { HANDLERS } from "../../provider/registry";
import type { ResourceType } from "../../contract/resources";
test.each(Object.keys(HANDLERS) as ResourceType[])("%s", (type) => {
  const h = HANDLERS[type]() as any; const s = shapeOf(type);
  const sorted=(o:any)=>Object.fromEntries(Object.entries(o).sort());
  if (type === "swarm:index:Config") expect(h.secrets).toEqual([]);
  expect({f: sorted(s.changes), o:[...s.outputs].sort(), sec:[...s.secrets].sort()}).toEqual({f: sorted(h.fields), o:[...h.outputs].sort(), sec:[...(h.secrets??[])].sort()});
});
