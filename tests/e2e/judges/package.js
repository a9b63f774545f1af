// usage: node package.js DATAPACKAGE      prints what the profile, the schema or a row has against it, and how many rows it read
const { Package, validate } = require("datapackage");

(async () => {
  const { errors } = await validate(process.argv[2]);
  let rows = 0;
  if (errors.length === 0) {
    const found = await Package.load(process.argv[2], { strict: true });
    for (const resource of found.resources) {
      if (!resource.tabular) errors.push(`${resource.name} is no table`);
      rows += (await resource.read({ keyed: true })).length;
    }
  }
  console.log(JSON.stringify({ errors: errors.map(String), rows }));
})().catch((error) => console.log(JSON.stringify({ errors: [error, ...(error.errors || [])].map(String), rows: 0 })));
