// Generated from schema/*.schema.json by scripts/generate-types.mjs. Do not edit.

export const modelSchema: object = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://scmc.dev/schema/model-1.json",
  "title": "Model",
  "description": "A compiled structural causal model: variables, mechanisms and the procedures derived from them.",
  "type": "object",
  "required": [
    "formatVersion",
    "name",
    "variables",
    "mechanisms",
    "order",
    "confounded",
    "fits",
    "procedures",
    "queries",
    "assertions"
  ],
  "additionalProperties": false,
  "properties": {
    "formatVersion": {
      "const": 1
    },
    "name": {
      "type": "string"
    },
    "variables": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/Variable"
      }
    },
    "mechanisms": {
      "description": "One per variable, in the order of `variables`.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/Mechanism"
      }
    },
    "order": {
      "description": "A topological order of all variables.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/Name"
      }
    },
    "confounded": {
      "description": "Pairs stated with `<->`: an unobserved common cause.",
      "type": "array",
      "items": {
        "type": "array",
        "items": {
          "$ref": "#/$defs/Name"
        },
        "minItems": 2,
        "maxItems": 2
      }
    },
    "fits": {
      "description": "Fitting options by variable; they never change what the model means.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/Fit"
      }
    },
    "procedures": {
      "$ref": "#/$defs/Procedures"
    },
    "queries": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/Query"
      }
    },
    "assertions": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/Assertion"
      }
    },
    "source": {
      "$ref": "#/$defs/Source"
    }
  },
  "$defs": {
    "Name": {
      "type": "string",
      "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
    },
    "Variable": {
      "type": "object",
      "required": [
        "name",
        "domain",
        "doc",
        "latent"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "$ref": "#/$defs/Name"
        },
        "domain": {
          "description": "null: bound from the data at fitting.",
          "anyOf": [
            {
              "$ref": "#/$defs/Domain"
            },
            {
              "type": "null"
            }
          ]
        },
        "doc": {
          "type": "string"
        },
        "latent": {
          "type": "boolean"
        }
      }
    },
    "Domain": {
      "type": "object",
      "discriminator": {
        "propertyName": "kind"
      },
      "oneOf": [
        {
          "$ref": "#/$defs/RealDomain"
        },
        {
          "$ref": "#/$defs/PositiveDomain"
        },
        {
          "$ref": "#/$defs/IntervalDomain"
        },
        {
          "$ref": "#/$defs/BinaryDomain"
        },
        {
          "$ref": "#/$defs/CategoricalDomain"
        },
        {
          "$ref": "#/$defs/OrdinalDomain"
        },
        {
          "$ref": "#/$defs/CountDomain"
        },
        {
          "$ref": "#/$defs/VectorDomain"
        },
        {
          "$ref": "#/$defs/ImageDomain"
        }
      ]
    },
    "RealDomain": {
      "type": "object",
      "required": [
        "kind"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "real"
        }
      }
    },
    "PositiveDomain": {
      "type": "object",
      "required": [
        "kind"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "positive"
        }
      }
    },
    "IntervalDomain": {
      "type": "object",
      "required": [
        "kind",
        "low",
        "high"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "interval"
        },
        "low": {
          "type": "number"
        },
        "high": {
          "type": "number"
        }
      }
    },
    "BinaryDomain": {
      "type": "object",
      "required": [
        "kind"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "binary"
        }
      }
    },
    "CategoricalDomain": {
      "type": "object",
      "required": [
        "kind",
        "size"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "categorical"
        },
        "size": {
          "type": "integer",
          "minimum": 2
        },
        "levels": {
          "type": "array",
          "items": {
            "type": "string"
          }
        }
      }
    },
    "OrdinalDomain": {
      "type": "object",
      "required": [
        "kind",
        "size"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "ordinal"
        },
        "size": {
          "type": "integer",
          "minimum": 2
        }
      }
    },
    "CountDomain": {
      "type": "object",
      "required": [
        "kind"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "count"
        }
      }
    },
    "VectorDomain": {
      "type": "object",
      "required": [
        "kind",
        "size"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "vector"
        },
        "size": {
          "type": "integer",
          "minimum": 1
        }
      }
    },
    "ImageDomain": {
      "description": "Sizes are null for a bare `image`: they come from the data.",
      "type": "object",
      "required": [
        "kind",
        "height",
        "width",
        "channels"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "image"
        },
        "height": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 1
        },
        "width": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 1
        },
        "channels": {
          "type": "integer",
          "minimum": 1
        }
      }
    },
    "Expression": {
      "description": "An expression tree. `natural` is, inside an intervention on v, v's value without that intervention. `value` is the mechanism's own variable, in its inverse.",
      "type": "object",
      "discriminator": {
        "propertyName": "kind"
      },
      "oneOf": [
        {
          "$ref": "#/$defs/ConstantExpression"
        },
        {
          "$ref": "#/$defs/VariableExpression"
        },
        {
          "$ref": "#/$defs/NoiseExpression"
        },
        {
          "$ref": "#/$defs/NaturalExpression"
        },
        {
          "$ref": "#/$defs/ValueExpression"
        },
        {
          "$ref": "#/$defs/ApplyExpression"
        }
      ]
    },
    "ConstantExpression": {
      "type": "object",
      "required": [
        "kind",
        "value"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "constant"
        },
        "value": {
          "type": "number"
        }
      }
    },
    "VariableExpression": {
      "type": "object",
      "required": [
        "kind",
        "name"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "variable"
        },
        "name": {
          "$ref": "#/$defs/Name"
        }
      }
    },
    "NoiseExpression": {
      "type": "object",
      "required": [
        "kind",
        "name"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "noise"
        },
        "name": {
          "$ref": "#/$defs/Name"
        }
      }
    },
    "NaturalExpression": {
      "type": "object",
      "required": [
        "kind",
        "name"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "natural"
        },
        "name": {
          "$ref": "#/$defs/Name"
        }
      }
    },
    "ValueExpression": {
      "type": "object",
      "required": [
        "kind"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "value"
        }
      }
    },
    "ApplyExpression": {
      "type": "object",
      "required": [
        "kind",
        "function",
        "arguments"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "apply"
        },
        "function": {
          "enum": [
            "add",
            "subtract",
            "multiply",
            "divide",
            "power",
            "negate",
            "exp",
            "log",
            "sqrt",
            "sigmoid",
            "logit",
            "softplus",
            "softplus_inverse",
            "tanh",
            "atanh",
            "abs",
            "min",
            "max",
            "clip",
            "if",
            "less",
            "less_equal",
            "greater",
            "greater_equal",
            "equal",
            "not_equal"
          ]
        },
        "arguments": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Expression"
          }
        }
      }
    },
    "Noise": {
      "type": "object",
      "required": [
        "name",
        "distribution",
        "parameters"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "$ref": "#/$defs/Name"
        },
        "distribution": {
          "enum": [
            "normal",
            "uniform",
            "gamma",
            "exponential",
            "beta",
            "laplace",
            "logistic",
            "gumbel",
            "student_t",
            "lognormal",
            "bernoulli",
            "categorical",
            "mnist"
          ]
        },
        "parameters": {
          "description": "In the distribution's own order, e.g. [shape, rate] for gamma.",
          "type": "array",
          "items": {
            "type": "number"
          }
        },
        "split": {
          "description": "mnist only.",
          "enum": [
            "train",
            "test"
          ]
        }
      }
    },
    "Inverse": {
      "description": "noise = expression(value, parents); log|d noise / d value| = logDerivative.",
      "type": "object",
      "required": [
        "noise",
        "expression",
        "logDerivative"
      ],
      "additionalProperties": false,
      "properties": {
        "noise": {
          "$ref": "#/$defs/Name"
        },
        "expression": {
          "$ref": "#/$defs/Expression"
        },
        "logDerivative": {
          "$ref": "#/$defs/Expression"
        }
      }
    },
    "Abduction": {
      "enum": [
        "exact",
        "amortised",
        "implicit",
        "posterior_sample",
        "record",
        "deterministic",
        "none"
      ]
    },
    "Mechanism": {
      "type": "object",
      "discriminator": {
        "propertyName": "kind"
      },
      "oneOf": [
        {
          "$ref": "#/$defs/ExpressionMechanism"
        },
        {
          "$ref": "#/$defs/OperatorMechanism"
        },
        {
          "$ref": "#/$defs/LearnedMechanism"
        },
        {
          "$ref": "#/$defs/UnobservedMechanism"
        }
      ]
    },
    "ExpressionMechanism": {
      "type": "object",
      "required": [
        "kind",
        "variable",
        "parents",
        "noises",
        "expression",
        "inverse",
        "abduction"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "expression"
        },
        "variable": {
          "$ref": "#/$defs/Name"
        },
        "parents": {
          "$ref": "#/$defs/Names"
        },
        "noises": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Noise"
          }
        },
        "expression": {
          "$ref": "#/$defs/Expression"
        },
        "inverse": {
          "anyOf": [
            {
              "$ref": "#/$defs/Inverse"
            },
            {
              "type": "null"
            }
          ]
        },
        "abduction": {
          "$ref": "#/$defs/Abduction"
        }
      }
    },
    "OperatorCall": {
      "description": "An image operator applied to an image: the noise itself, or another call's result.",
      "type": "object",
      "required": [
        "operator",
        "image",
        "arguments",
        "mode"
      ],
      "additionalProperties": false,
      "properties": {
        "operator": {
          "enum": [
            "set_thickness",
            "set_intensity"
          ]
        },
        "image": {
          "anyOf": [
            {
              "$ref": "#/$defs/NoiseExpression"
            },
            {
              "$ref": "#/$defs/OperatorCall"
            }
          ]
        },
        "arguments": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Expression"
          }
        },
        "mode": {
          "enum": [
            "fast",
            "exact"
          ]
        }
      }
    },
    "OperatorMechanism": {
      "type": "object",
      "required": [
        "kind",
        "variable",
        "parents",
        "noises",
        "call",
        "abduction"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "operator"
        },
        "variable": {
          "$ref": "#/$defs/Name"
        },
        "parents": {
          "$ref": "#/$defs/Names"
        },
        "noises": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Noise"
          }
        },
        "call": {
          "$ref": "#/$defs/OperatorCall"
        },
        "abduction": {
          "$ref": "#/$defs/Abduction"
        }
      }
    },
    "OptionValue": {
      "anyOf": [
        {
          "type": "number"
        },
        {
          "type": "boolean"
        },
        {
          "type": "string"
        },
        {
          "$ref": "#/$defs/OptionCall"
        },
        {
          "type": "array",
          "items": {
            "$ref": "#/$defs/OptionValue"
          }
        }
      ]
    },
    "OptionCall": {
      "type": "object",
      "required": [
        "call",
        "options"
      ],
      "additionalProperties": false,
      "properties": {
        "call": {
          "type": "string"
        },
        "options": {
          "$ref": "#/$defs/Options"
        }
      }
    },
    "Options": {
      "type": "object",
      "additionalProperties": {
        "$ref": "#/$defs/OptionValue"
      }
    },
    "Names": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/Name"
      }
    },
    "LearnedMechanism": {
      "description": "A mechanism of the catalogue with parameters to fit; `options` is complete, defaults included.",
      "type": "object",
      "required": [
        "kind",
        "variable",
        "parents",
        "options",
        "abduction"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "enum": [
            "flow",
            "linear",
            "anm",
            "glm",
            "cvae",
            "hvae",
            "ali",
            "bernoulli",
            "categorical"
          ]
        },
        "variable": {
          "$ref": "#/$defs/Name"
        },
        "parents": {
          "$ref": "#/$defs/Names"
        },
        "options": {
          "$ref": "#/$defs/Options"
        },
        "abduction": {
          "$ref": "#/$defs/Abduction"
        }
      }
    },
    "UnobservedMechanism": {
      "description": "A latent variable of which nothing but its effects is stated: it cannot be sampled or abducted.",
      "type": "object",
      "required": [
        "kind",
        "variable",
        "parents",
        "abduction"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "unobserved"
        },
        "variable": {
          "$ref": "#/$defs/Name"
        },
        "parents": {
          "$ref": "#/$defs/Names"
        },
        "abduction": {
          "const": "none"
        }
      }
    },
    "Fit": {
      "description": "Without `variable`, options of all mechanisms together: `missing`, `rounds`, `proposals`.",
      "type": "object",
      "required": [
        "options"
      ],
      "additionalProperties": false,
      "properties": {
        "variable": {
          "$ref": "#/$defs/Name"
        },
        "options": {
          "$ref": "#/$defs/Options"
        }
      }
    },
    "Procedures": {
      "type": "object",
      "required": [
        "sample",
        "abduct",
        "logProbability"
      ],
      "additionalProperties": false,
      "properties": {
        "sample": {
          "description": "Assignments in order.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/SampleStep"
          }
        },
        "abduct": {
          "description": "How each mechanism's noise is recovered from a fully observed unit.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/AbductStep"
          }
        },
        "logProbability": {
          "description": "The terms of the joint log-density.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/DensityStep"
          }
        }
      }
    },
    "SampleStep": {
      "type": "object",
      "required": [
        "assign",
        "mechanism",
        "parents"
      ],
      "additionalProperties": false,
      "properties": {
        "assign": {
          "$ref": "#/$defs/Name"
        },
        "mechanism": {
          "type": "string"
        },
        "parents": {
          "$ref": "#/$defs/Names"
        }
      }
    },
    "AbductStep": {
      "type": "object",
      "required": [
        "noiseOf",
        "method",
        "given"
      ],
      "additionalProperties": false,
      "properties": {
        "noiseOf": {
          "$ref": "#/$defs/Name"
        },
        "method": {
          "$ref": "#/$defs/Abduction"
        },
        "given": {
          "$ref": "#/$defs/Names"
        }
      }
    },
    "DensityStep": {
      "type": "object",
      "required": [
        "term",
        "given",
        "kind"
      ],
      "additionalProperties": false,
      "properties": {
        "term": {
          "$ref": "#/$defs/Name"
        },
        "given": {
          "$ref": "#/$defs/Names"
        },
        "kind": {
          "enum": [
            "exact",
            "bound",
            "none"
          ]
        }
      }
    },
    "Intervention": {
      "description": "variable := expression in the new world; `noises` belong to a stochastic intervention; `only` limits it to the named children.",
      "type": "object",
      "required": [
        "variable",
        "expression",
        "noises"
      ],
      "additionalProperties": false,
      "properties": {
        "variable": {
          "$ref": "#/$defs/Name"
        },
        "expression": {
          "$ref": "#/$defs/Expression"
        },
        "noises": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Noise"
          }
        },
        "only": {
          "$ref": "#/$defs/Names"
        },
        "inverse": {
          "$ref": "#/$defs/InterventionInverse"
        },
        "grid": {
          "description": "Several right-hand sides in turn, one world each; `expression` is the first of them.",
          "type": "array",
          "minItems": 1,
          "items": {
            "$ref": "#/$defs/Expression"
          }
        }
      }
    },
    "InterventionInverse": {
      "description": "The new right-hand side solved for the value without the intervention, or for its own noise: source = expression(value, variables, noises); log|d source / d value| = logDerivative. Where it exists, the intervened variable has a density.",
      "type": "object",
      "required": [
        "source",
        "expression",
        "logDerivative"
      ],
      "additionalProperties": false,
      "properties": {
        "source": {
          "enum": [
            "natural",
            "noise"
          ]
        },
        "expression": {
          "$ref": "#/$defs/Expression"
        },
        "logDerivative": {
          "$ref": "#/$defs/Expression"
        }
      }
    },
    "Evidence": {
      "type": "object",
      "required": [
        "variable",
        "value"
      ],
      "additionalProperties": false,
      "properties": {
        "variable": {
          "$ref": "#/$defs/Name"
        },
        "value": {
          "anyOf": [
            {
              "type": "number"
            },
            {
              "type": "string"
            }
          ]
        }
      }
    },
    "QueryPlan": {
      "description": "The three steps: which noises are recovered and how, which assignments are replaced, which variables are recomputed; the rest are copied from the observed unit.",
      "type": "object",
      "required": [
        "abduct",
        "replace",
        "recompute",
        "copy"
      ],
      "additionalProperties": false,
      "properties": {
        "abduct": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/AbductStep"
          }
        },
        "replace": {
          "$ref": "#/$defs/Names"
        },
        "recompute": {
          "$ref": "#/$defs/Names"
        },
        "copy": {
          "$ref": "#/$defs/Names"
        }
      }
    },
    "InferencePlan": {
      "description": "How the variables without evidence are found from those with it: `observed` are known, `infer` have observed effects and are drawn from their posterior, `draw` have none and are drawn from their mechanisms, `weigh` are the observed variables whose likelihood tells about `infer`.",
      "type": "object",
      "required": [
        "method",
        "observed",
        "infer",
        "draw",
        "weigh"
      ],
      "additionalProperties": false,
      "properties": {
        "method": {
          "enum": [
            "complete",
            "ancestral",
            "gaussian",
            "enumeration",
            "importance",
            "impossible"
          ]
        },
        "observed": {
          "$ref": "#/$defs/Names"
        },
        "infer": {
          "$ref": "#/$defs/Names"
        },
        "draw": {
          "$ref": "#/$defs/Names"
        },
        "weigh": {
          "$ref": "#/$defs/Names"
        },
        "proposals": {
          "description": "importance only: missing variables that the learned posterior of an observed one proposes, in place of their mechanisms.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/Proposal"
          }
        },
        "learnable": {
          "description": "importance only: observed variables whose posterior could propose missing ones, and is not learned.",
          "$ref": "#/$defs/Names"
        },
        "reason": {
          "description": "Why a faster or any method does not serve.",
          "type": "string"
        }
      }
    },
    "Proposal": {
      "type": "object",
      "required": [
        "by",
        "variables"
      ],
      "additionalProperties": false,
      "properties": {
        "by": {
          "$ref": "#/$defs/Name"
        },
        "variables": {
          "$ref": "#/$defs/Names"
        }
      }
    },
    "QueryExpression": {
      "type": "object",
      "discriminator": {
        "propertyName": "kind"
      },
      "oneOf": [
        {
          "$ref": "#/$defs/QueryTerm"
        },
        {
          "$ref": "#/$defs/ConstantExpression"
        },
        {
          "$ref": "#/$defs/QueryApply"
        }
      ]
    },
    "QueryApply": {
      "type": "object",
      "required": [
        "kind",
        "function",
        "arguments"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "apply"
        },
        "function": {
          "enum": [
            "add",
            "subtract",
            "multiply",
            "divide",
            "negate"
          ]
        },
        "arguments": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/QueryExpression"
          }
        }
      }
    },
    "QueryTerm": {
      "type": "object",
      "required": [
        "kind",
        "of",
        "evidence",
        "interventions"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "enum": [
            "expectation",
            "density",
            "sample",
            "counterfactual",
            "probability",
            "quantile"
          ]
        },
        "of": {
          "description": "The target variables, or an expression of them (probability: a comparison).",
          "type": "array",
          "items": {
            "$ref": "#/$defs/Expression"
          }
        },
        "level": {
          "description": "quantile only",
          "type": "number"
        },
        "evidence": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Evidence"
          }
        },
        "interventions": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Intervention"
          }
        },
        "at": {
          "description": "density only: the point at which it is taken; without it, at each observed unit.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/Evidence"
          }
        },
        "plan": {
          "$ref": "#/$defs/QueryPlan"
        },
        "inference": {
          "$ref": "#/$defs/InferencePlan"
        }
      }
    },
    "Query": {
      "type": "object",
      "required": [
        "name",
        "expression"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "$ref": "#/$defs/Name"
        },
        "expression": {
          "$ref": "#/$defs/QueryExpression"
        }
      }
    },
    "Assertion": {
      "type": "object",
      "discriminator": {
        "propertyName": "kind"
      },
      "oneOf": [
        {
          "$ref": "#/$defs/AncestorAssertion"
        },
        {
          "$ref": "#/$defs/IndependenceAssertion"
        }
      ]
    },
    "AncestorAssertion": {
      "type": "object",
      "required": [
        "kind",
        "from",
        "to"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "enum": [
            "cause",
            "not_cause"
          ]
        },
        "from": {
          "$ref": "#/$defs/Name"
        },
        "to": {
          "$ref": "#/$defs/Name"
        }
      }
    },
    "IndependenceAssertion": {
      "type": "object",
      "required": [
        "kind",
        "left",
        "right",
        "given"
      ],
      "additionalProperties": false,
      "properties": {
        "kind": {
          "const": "independent"
        },
        "left": {
          "$ref": "#/$defs/Name"
        },
        "right": {
          "$ref": "#/$defs/Name"
        },
        "given": {
          "$ref": "#/$defs/Names"
        }
      }
    },
    "Span": {
      "type": "object",
      "required": [
        "start",
        "end"
      ],
      "additionalProperties": false,
      "properties": {
        "start": {
          "$ref": "#/$defs/Position"
        },
        "end": {
          "$ref": "#/$defs/Position"
        }
      }
    },
    "Position": {
      "type": "object",
      "required": [
        "offset",
        "line",
        "column"
      ],
      "additionalProperties": false,
      "properties": {
        "offset": {
          "type": "integer",
          "minimum": 0
        },
        "line": {
          "type": "integer",
          "minimum": 1
        },
        "column": {
          "type": "integer",
          "minimum": 1
        }
      }
    },
    "Source": {
      "description": "Where the model came from; left out of comparisons and cache keys.",
      "type": "object",
      "required": [
        "file",
        "sha256",
        "spans"
      ],
      "additionalProperties": false,
      "properties": {
        "file": {
          "type": "string"
        },
        "sha256": {
          "type": "string"
        },
        "spans": {
          "description": "Span of each variable's assignment.",
          "type": "object",
          "additionalProperties": {
            "$ref": "#/$defs/Span"
          }
        }
      }
    }
  }
};

export const manifestSchema: object = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://scmc.dev/schema/manifest-1.json",
  "title": "Manifest",
  "description": "Binds the variables of a model to the files of a data set. Paths are relative to the manifest; gzip is recognised by its first bytes.",
  "type": "object",
  "required": [
    "variables"
  ],
  "additionalProperties": false,
  "properties": {
    "$schema": {
      "type": "string"
    },
    "table": {
      "description": "A CSV file with a header line, or a Parquet file.",
      "type": "string",
      "minLength": 1
    },
    "id": {
      "description": "The column of the table that names the rows; without it they are numbered from 0.",
      "type": "string"
    },
    "variables": {
      "description": "Where each variable's values are. Variables that a model does not have are ignored.",
      "type": "object",
      "propertyNames": {
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
      },
      "additionalProperties": {
        "$ref": "#/$defs/Binding"
      }
    },
    "noise": {
      "description": "Recorded exogenous noise, by variable, then by the noise's name.",
      "type": "object",
      "propertyNames": {
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
      },
      "additionalProperties": {
        "type": "object",
        "propertyNames": {
          "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
        },
        "additionalProperties": {
          "$ref": "#/$defs/NoiseBinding"
        }
      }
    }
  },
  "$defs": {
    "Binding": {
      "anyOf": [
        {
          "$ref": "#/$defs/ColumnBinding"
        },
        {
          "$ref": "#/$defs/ColumnsBinding"
        },
        {
          "$ref": "#/$defs/IdxBinding"
        },
        {
          "$ref": "#/$defs/PngBinding"
        }
      ]
    },
    "ColumnBinding": {
      "description": "One column of the table. `levels` lists the texts of a category in the order of their codes.",
      "type": "object",
      "required": [
        "column"
      ],
      "additionalProperties": false,
      "properties": {
        "column": {
          "type": "string"
        },
        "levels": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "minItems": 2,
          "uniqueItems": true
        }
      }
    },
    "ColumnsBinding": {
      "description": "A vector: several columns of the table, in order.",
      "type": "object",
      "required": [
        "columns"
      ],
      "additionalProperties": false,
      "properties": {
        "columns": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "minItems": 1
        }
      }
    },
    "IdxBinding": {
      "description": "A file in IDX format of unsigned bytes: [items, height, width], [items, height, width, channels], or [items] for labels.",
      "type": "object",
      "required": [
        "idx"
      ],
      "additionalProperties": false,
      "properties": {
        "idx": {
          "type": "string",
          "minLength": 1
        }
      }
    },
    "PngBinding": {
      "description": "Images in PNG files, whose names are in a column of the table, relative to the manifest or to `directory`. `crop` is in pixels from the top left; pictures are resized after it.",
      "type": "object",
      "required": [
        "png"
      ],
      "additionalProperties": false,
      "properties": {
        "png": {
          "type": "string"
        },
        "directory": {
          "type": "string",
          "minLength": 1
        },
        "crop": {
          "type": "object",
          "required": [
            "top",
            "left",
            "height",
            "width"
          ],
          "additionalProperties": false,
          "properties": {
            "top": {
              "type": "integer",
              "minimum": 0
            },
            "left": {
              "type": "integer",
              "minimum": 0
            },
            "height": {
              "type": "integer",
              "minimum": 1
            },
            "width": {
              "type": "integer",
              "minimum": 1
            }
          }
        },
        "resize": {
          "type": "object",
          "required": [
            "height",
            "width"
          ],
          "additionalProperties": false,
          "properties": {
            "height": {
              "type": "integer",
              "minimum": 1
            },
            "width": {
              "type": "integer",
              "minimum": 1
            }
          }
        }
      }
    },
    "NoiseBinding": {
      "description": "A column of the table. With `items`, the column holds each item's index (from 0) in that collection.",
      "type": "object",
      "required": [
        "column"
      ],
      "additionalProperties": false,
      "properties": {
        "column": {
          "type": "string"
        },
        "items": {
          "enum": [
            "mnist/train",
            "mnist/test"
          ]
        }
      }
    }
  }
};

export const artefactSchema: object = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://scmc.dev/schema/artefact-1.json",
  "title": "ArtefactDescription",
  "description": "model.json of a fitted artefact: the model, what was bound from the data, and where the weights came from. The weights are in weights.safetensors beside it.",
  "type": "object",
  "required": [
    "formatVersion",
    "model",
    "variables",
    "fits",
    "metrics",
    "provenance"
  ],
  "additionalProperties": false,
  "properties": {
    "formatVersion": {
      "const": 1
    },
    "model": {
      "type": "object",
      "description": "The compiled model, see model.schema.json."
    },
    "variables": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/BoundVariableDescription"
      }
    },
    "fits": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/FitDescription"
      }
    },
    "posteriors": {
      "description": "Fits of the learned posteriors over the causes of images, by image; absent where none is learned.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/FitDescription"
      }
    },
    "metrics": {
      "type": "object",
      "description": "Figures on the test data, where some were given: mean log-probability by variable, and what the queries answered.",
      "additionalProperties": true
    },
    "provenance": {
      "$ref": "#/$defs/Provenance"
    }
  },
  "$defs": {
    "BoundVariableDescription": {
      "type": "object",
      "required": [
        "name",
        "domain",
        "normalisation"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "type": "string"
        },
        "domain": {
          "type": "object",
          "description": "See Domain in model.schema.json; sizes and levels are bound.",
          "additionalProperties": true
        },
        "normalisation": {
          "anyOf": [
            {
              "$ref": "#/$defs/NormalisationDescription"
            },
            {
              "type": "null"
            }
          ]
        }
      }
    },
    "NormalisationDescription": {
      "description": "Mean and standard deviation in unconstrained space; smallest and largest training value in the variable's unit.",
      "type": "object",
      "required": [
        "mean",
        "sd",
        "low",
        "high"
      ],
      "additionalProperties": false,
      "properties": {
        "mean": {
          "type": "number"
        },
        "sd": {
          "type": "number",
          "exclusiveMinimum": 0
        },
        "low": {
          "type": "number"
        },
        "high": {
          "type": "number"
        }
      }
    },
    "FitDescription": {
      "type": "object",
      "required": [
        "variable",
        "key",
        "options",
        "heldOutLoss",
        "epochs",
        "steps",
        "seconds",
        "parameters"
      ],
      "additionalProperties": false,
      "properties": {
        "variable": {
          "type": "string"
        },
        "key": {
          "description": "Content hash of specification, data, options and seed; an equal key is not fitted again.",
          "type": "string"
        },
        "options": {
          "type": "object",
          "additionalProperties": true
        },
        "heldOutLoss": {
          "description": "nats per row, natural weights",
          "type": "number"
        },
        "rows": {
          "description": "Rows of the fit, where they are not all: those with values, observed or completed, of the variable and its parents.",
          "type": "integer"
        },
        "epochs": {
          "type": "integer"
        },
        "steps": {
          "type": "integer"
        },
        "seconds": {
          "type": "number"
        },
        "parameters": {
          "description": "Number of learned scalars.",
          "type": "integer"
        },
        "completion": {
          "$ref": "#/$defs/CompletionDescription"
        }
      }
    },
    "CompletionDescription": {
      "description": "How rows that lack values were completed for a fit; absent where it was made on complete rows alone.",
      "type": "object",
      "required": [
        "method",
        "completedRows",
        "proposals",
        "rounds"
      ],
      "additionalProperties": false,
      "properties": {
        "method": {
          "const": "em"
        },
        "completedRows": {
          "description": "Rows with values drawn from their posterior.",
          "type": "integer"
        },
        "proposals": {
          "description": "A row, where its posterior was sampled.",
          "type": "integer"
        },
        "rounds": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/RoundDescription"
          }
        }
      }
    },
    "RoundDescription": {
      "type": "object",
      "required": [
        "heldOutLoss",
        "smallestEffectiveSize"
      ],
      "additionalProperties": false,
      "properties": {
        "heldOutLoss": {
          "description": "Of completed held-out rows, nats per row.",
          "type": "number"
        },
        "smallestEffectiveSize": {
          "description": "Of the proposals of a row; null where no posterior was sampled.",
          "type": [
            "number",
            "null"
          ]
        }
      }
    },
    "Provenance": {
      "type": "object",
      "required": [
        "scmcVersion",
        "engine",
        "seed",
        "weightsSha256",
        "trainingRows"
      ],
      "additionalProperties": false,
      "properties": {
        "scmcVersion": {
          "type": "string"
        },
        "engine": {
          "type": "string"
        },
        "library": {
          "type": "string",
          "description": "What computed, and its version."
        },
        "device": {
          "type": "string"
        },
        "threads": {
          "type": [
            "integer",
            "null"
          ],
          "description": "Threads of one operation; null: the library's own number, about one a core."
        },
        "seed": {
          "type": "integer"
        },
        "weightsSha256": {
          "type": "string"
        },
        "trainingRows": {
          "type": "integer"
        },
        "fitOptions": {
          "description": "Fitting options of the command line, over those of the model; the options of each fit are what came of both.",
          "type": "array",
          "items": {
            "type": "string"
          }
        }
      }
    }
  }
};

export const exportSchema: object = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://scmc.dev/schema/export-1.json",
  "title": "ExportDescription",
  "description": "What `scmc export` writes beside its ONNX programs: the variables, and for each program its inputs and outputs. Every tensor has a fixed number of rows; units are padded to a multiple of `batch`.",
  "type": "object",
  "required": [
    "formatVersion",
    "model",
    "variables",
    "left",
    "programs"
  ],
  "additionalProperties": false,
  "properties": {
    "formatVersion": {
      "const": 1
    },
    "model": {
      "type": "string"
    },
    "variables": {
      "description": "In topological order. Values are in the variable's own unit, classes as codes from 0 in the order of their levels, images as grey levels 0..255, row-major [height, width, channels].",
      "type": "array",
      "items": {
        "$ref": "#/$defs/ExportedVariable"
      }
    },
    "left": {
      "description": "Variables made by image operators, which no tensor program computes.",
      "type": "array",
      "items": {
        "type": "string"
      }
    },
    "programs": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/ExportedProgram"
      }
    }
  },
  "$defs": {
    "ExportedVariable": {
      "type": "object",
      "required": [
        "name",
        "domain"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "type": "string"
        },
        "domain": {
          "type": "object",
          "required": [
            "kind"
          ]
        }
      }
    },
    "ExportedProgram": {
      "type": "object",
      "required": [
        "name",
        "file",
        "batch",
        "particles",
        "inputs",
        "outputs"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "type": "string"
        },
        "file": {
          "type": "string"
        },
        "batch": {
          "description": "Units of one call.",
          "type": "integer",
          "minimum": 1
        },
        "particles": {
          "description": "Draws a unit, units outermost.",
          "type": "integer",
          "minimum": 1
        },
        "inputs": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/ExportedTensor"
          }
        },
        "outputs": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/ExportedOutput"
          }
        }
      }
    },
    "ExportedTensor": {
      "description": "`value`: the variable as observed. `set`: 1 where the unit is intervened on, else 0; `do`: what the variable becomes there. `random`: independent draws of `distribution`.",
      "type": "object",
      "required": [
        "name",
        "role",
        "shape",
        "dtype"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "type": "string"
        },
        "role": {
          "enum": [
            "value",
            "set",
            "do",
            "random"
          ]
        },
        "variable": {
          "type": "string"
        },
        "distribution": {
          "type": "string"
        },
        "parameters": {
          "type": "array",
          "items": {
            "type": "number"
          }
        },
        "shape": {
          "type": "array",
          "items": {
            "type": "integer",
            "minimum": 1
          }
        },
        "dtype": {
          "enum": [
            "float32",
            "uint8"
          ]
        }
      }
    },
    "ExportedOutput": {
      "description": "`value`: the variable, its mean over particles or modal class. `log_probability`: nats per unit of the variable.",
      "type": "object",
      "required": [
        "name",
        "role",
        "variable"
      ],
      "additionalProperties": false,
      "properties": {
        "name": {
          "type": "string"
        },
        "role": {
          "enum": [
            "value",
            "probabilities",
            "noise",
            "log_probability"
          ]
        },
        "variable": {
          "type": "string"
        },
        "noise": {
          "type": "string"
        },
        "density": {
          "enum": [
            "exact",
            "bound"
          ]
        }
      }
    }
  }
};
